package io.weir.http.route.tree;

/** What is asked of the value of an {@link Input}. */
interface Question<R extends @org.jspecify.annotations.Nullable Object> {
    /** The answer for the value {@code bytes[from, to)}. */
    R of(byte[] bytes, int from, int to);

    /** The answer where there is no value. */
    R absent();
}
