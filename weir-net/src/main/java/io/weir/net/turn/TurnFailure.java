package io.weir.net.turn;

import java.io.IOException;

/** A connection to a host was to turn to TLS, and did not; the message says why. */
public final class TurnFailure extends IOException {
    private static final long serialVersionUID = 1L;

    public TurnFailure(String message) {
        super(message);
    }
}
