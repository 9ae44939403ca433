package io.weir.http.filter;

/** What a filter has to say to a request or a response on its way: three answers, no more. */
public sealed interface Flow {
    /** It goes on. */
    Flow NEXT = new Next();
    /** It waits. */
    Flow PAUSE = new Pause();

    /** It goes on. */
    record Next() implements Flow {
    }

    /** It waits at the filter, and all that follows it, until the filter calls {@link Passage#resume}. */
    record Pause() implements Flow {
    }

    /**
     * The request ends here with this answer. Filters make theirs once and give it again and again.
     *
     * @param status
     *            200 to 599
     * @param body
     *            plain text, not to be written to; may be empty
     * @param details
     *            {@code RESPONSE_CODE_DETAILS} of access logs
     * @param flags
     *            bits of response flags
     */
    @SuppressWarnings("ArrayRecordComponent") // shared by every answer, so never copied; equality is not asked for
    record Reply(int status, byte[] body, String details, long flags) implements Flow {
    }
}
