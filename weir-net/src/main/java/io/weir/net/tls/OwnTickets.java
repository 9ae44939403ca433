package io.weir.net.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keys of session tickets that this process makes for itself: a new one twice a day, the one before still opens.
 * Whoever steals a key reads the sessions of a day and not of all time (RFC 5077 section 5.5). Any thread.
 */
final class OwnTickets {
    private static final long LIFE_NANOS = TimeUnit.HOURS.toNanos(12);

    private final SecureRandom random = new SecureRandom();
    private final ReferenceCountedOpenSslContext context;
    private final AtomicLong since;
    private OpenSslSessionTicketKey seals = made();

    /**
     * Gives a context its first key.
     */
    OwnTickets(ReferenceCountedOpenSslContext context, long nowNanos) {
        this.context = context;
        this.since = new AtomicLong(nowNanos);
        context.sessionContext().setTicketKeys(seals);
    }

    private OpenSslSessionTicketKey made() {
        return new OpenSslSessionTicketKey(part(OpenSslSessionTicketKey.NAME_SIZE),
                part(OpenSslSessionTicketKey.HMAC_KEY_SIZE), part(OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private byte[] part(int bytes) {
        byte[] made = new byte[bytes];
        random.nextBytes(made);
        return made;
    }

    /** A connection has been made: the key is changed if it is time. */
    void used(long nowNanos) {
        long last = since.get();
        if (nowNanos - last >= LIFE_NANOS && since.compareAndSet(last, nowNanos)) {
            change();
        }
    }

    private synchronized void change() {
        OpenSslSessionTicketKey before = seals;
        seals = made();
        context.sessionContext().setTicketKeys(List.of(seals, before).toArray(OpenSslSessionTicketKey[]::new));
    }
}
