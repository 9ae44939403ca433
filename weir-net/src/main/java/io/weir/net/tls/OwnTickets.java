package io.weir.net.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.util.IllegalReferenceCountException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keys of session tickets that this process makes for itself: a new one twice a day, the one before still opens.
 * Whoever steals a key reads the sessions of a day and not of all time (RFC 5077 section 5.5). They outlive the
 * certificates that they are used beside. Any thread.
 */
final class OwnTickets {
    private static final long LIFE_NANOS = TimeUnit.HOURS.toNanos(12);

    private final SecureRandom random = new SecureRandom();
    private final AtomicLong since;
    private List<ReferenceCountedOpenSslContext> users = List.of();
    private List<OpenSslSessionTicketKey> keys;

    OwnTickets(long nowNanos) {
        this.since = new AtomicLong(nowNanos);
        this.keys = List.of(made());
    }

    /** The keys of another, as old as they are there; both change theirs from now on, each for itself. */
    OwnTickets(OwnTickets before) {
        this.since = new AtomicLong(before.since.get());
        this.keys = before.keys();
    }

    private synchronized List<OpenSslSessionTicketKey> keys() {
        return keys;
    }

    /** These contexts, and no others, seal and open by the keys from now on. */
    synchronized void usedBy(List<ReferenceCountedOpenSslContext> contexts) {
        users = List.copyOf(contexts);
        give();
    }

    private void give() {
        OpenSslSessionTicketKey[] all = keys.toArray(OpenSslSessionTicketKey[]::new);
        for (ReferenceCountedOpenSslContext context : users) {
            try {
                context.retain();
            } catch (IllegalReferenceCountException e) {
                continue; // it has been let go while a last connection was on its way
            }
            try {
                context.sessionContext().setTicketKeys(all);
            } finally {
                context.release();
            }
        }
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
        keys = List.of(made(), keys.getFirst());
        give();
    }
}
