package io.weir.net.service;

/** What becomes of a {@link Question}. */
public sealed interface ServiceAnswer {
    /** The service's message, whole. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Said(byte[] message) implements ServiceAnswer {
    }

    /**
     * No message.
     *
     * @param why
     *            for people
     */
    record Failed(String why) implements ServiceAnswer {
    }
}
