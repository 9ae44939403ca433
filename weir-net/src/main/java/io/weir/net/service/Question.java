package io.weir.net.service;

import java.util.List;

/**
 * One call of a service, with one message each way. Immutable, but for the message's bytes, which nobody changes.
 *
 * @param cluster
 *            whose hosts answer
 * @param path
 *            {@code /SERVICE/METHOD}
 * @param authority
 *            what to call the host; empty: the cluster's name
 * @param metadata
 *            sent with the call, in this order; names in lower case
 * @param message
 *            as the service reads it
 * @param timeoutNanos
 *            from the question to the whole answer; at least 1
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
public record Question(String cluster, String path, String authority, List<Field> metadata, byte[] message,
        long timeoutNanos) {
    /** One field of the call's head; the name in lower case. */
    public record Field(String name, String value) {
    }

    public Question {
        metadata = List.copyOf(metadata);
        if (timeoutNanos < 1) {
            throw new IllegalArgumentException("no time for an answer: " + timeoutNanos);
        }
    }
}
