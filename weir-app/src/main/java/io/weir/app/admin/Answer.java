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
 */
record Answer(int status, String type, String body) {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=UTF-8";

    static Answer text(String body) {
        return new Answer(200, TEXT, body);
    }

    static Answer text(int status, String body) {
        return new Answer(status, TEXT, body);
    }

    static Answer json(String body) {
        return new Answer(200, JSON, body);
    }

    static Answer html(String body) {
        return new Answer(200, "text/html; charset=UTF-8", body);
    }
}
