package io.weir.core.rule;

/** What a check says to a host, and what it expects: known to the module that speaks the protocol. Immutable. */
public interface CheckProtocol {
    /** Envoy's {@code HealthCheckerType}: {@code HTTP}, {@code TCP}, {@code GRPC}. */
    String label();
}
