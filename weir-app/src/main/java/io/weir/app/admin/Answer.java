package io.weir.app.admin;

/**
 * What an endpoint answers.
 *
 * @param status
 *            the HTTP status
 * @param type
 *            the content type
 * @param body
 *            the text
 * @param allow
 *            the methods that would have done, with 405; empty otherwise
 */
record Answer(int status, String type, String body, String allow) {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=UTF-8";

    static Answer of(String type, String body) {
        return new Answer(200, type, body, "");
    }

    static Answer text(String body) {
        return of(TEXT, body);
    }

    static Answer text(int status, String body) {
        return new Answer(status, TEXT, body, "");
    }

    static Answer json(String body) {
        return of(JSON, body);
    }

    static Answer html(String body) {
        return of("text/html; charset=UTF-8", body);
    }

    /** Another method is needed (RFC 9110 section 15.5.6). */
    static Answer notAllowed(String method, String allow, String required) {
        return new Answer(405, TEXT, "Method " + method + " not allowed, " + required + " required.\n", allow);
    }
}
