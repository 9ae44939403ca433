package io.weir.http.filter;

/** What a filter has to say to a request. */
public sealed interface Flow {
    /** The request goes on. */
    Flow NEXT = new Next();

    /** The request goes on. */
    record Next() implements Flow {
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
