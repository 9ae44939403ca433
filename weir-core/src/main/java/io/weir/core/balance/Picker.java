package io.weir.core.balance;

/** Chooses a host for each request out of one immutable set. Any thread; never blocks, never allocates. */
@FunctionalInterface
public interface Picker {
    /** The host for this request, or why there is none. */
    Pick pick(PickContext context);
}
