package io.weir.net.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Envoy's numbers of TLS, below {@code ssl} of a listener or a cluster. Any thread. */
public final class TlsStats {
    /** So many lines of refusals a second are written at most: whoever is refused may come again at once. */
    private static final int LINES_MAX = 10;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    final Counter handshake;
    final Counter connectionError;
    final Counter sessionReused;
    final Counter noCertificate;
    final Counter failNoCertificate;
    final Counter failChain;
    final Counter failName;
    final Counter failPin;
    final Counter stapleFailed;
    final Counter stapleOmitted;
    final Counter stapleResponses;
    final Counter stapleRequests;
    private final Scope scope;
    private final Scope ciphers;
    private final Scope versions;
    private final Scope groups;
    private final AtomicLong linesSince = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong lines = new AtomicLong();

    /**
     * @param owner
     *            the listener's or the cluster's scope
     */
    public TlsStats(Scope owner) {
        this.scope = owner.child("ssl");
        this.handshake = scope.counter("handshake");
        this.connectionError = scope.counter("connection_error");
        this.sessionReused = scope.counter("session_reused");
        this.noCertificate = scope.counter("no_certificate");
        this.failNoCertificate = scope.counter("fail_verify_no_cert");
        this.failChain = scope.counter("fail_verify_error");
        this.failName = scope.counter("fail_verify_san");
        this.failPin = scope.counter("fail_verify_cert_hash");
        this.stapleFailed = scope.counter("ocsp_staple_failed");
        this.stapleOmitted = scope.counter("ocsp_staple_omitted");
        this.stapleResponses = scope.counter("ocsp_staple_responses");
        this.stapleRequests = scope.counter("ocsp_staple_requests");
        this.ciphers = scope.child("ciphers");
        this.versions = scope.child("versions");
        this.groups = scope.child("curves");
    }

    /** A handshake is complete. */
    void completed(TlsSession session) {
        handshake.increment();
        versions.counter(session.version()).increment();
        ciphers.counter(session.cipher()).increment();
        String group = session.group();
        if (group != null && !group.isEmpty()) {
            groups.counter(group).increment();
        }
        if (session.resumed()) {
            sessionReused.increment();
        }
        if (session.peer() == null) {
            noCertificate.increment();
        }
    }

    /** Lines of secrets that were to be written down and found no room. */
    Counter keyLogDropped() {
        return scope.counter("key_log_dropped");
    }

    /** A handshake has failed. */
    void failed(Throwable cause) {
        Refused refused = refused(cause);
        if (refused != null) {
            (switch (refused.why()) {
                case CHAIN, TIME, REVOKED, USE -> failChain;
                case NAME -> failName;
                case PIN -> failPin;
            }).increment();
        } else if (withoutCertificate(cause)) {
            failNoCertificate.increment();
        } else {
            connectionError.increment();
        }
    }

    /** Whether a client that must show a certificate has shown none. */
    static boolean withoutCertificate(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains("PEER_DID_NOT_RETURN_A_CERTIFICATE");
    }

    /**
     * Whether what came was no TLS at all: the first bytes were no record's, or those of a request. The library that
     * finds it first would add all that was said.
     */
    static boolean withoutTls(Throwable cause) {
        String said = String.valueOf(cause.getMessage());
        return cause instanceof NotSslRecordException || said.contains("WRONG_VERSION_NUMBER")
                || said.contains("HTTP_REQUEST") || said.contains("HTTPS_PROXY_REQUEST");
    }

    /** A client has taken up a session without a certificate where one is required. */
    void failedWithout() {
        failNoCertificate.increment();
    }

    /** Why a certificate was not accepted, if that is how a handshake failed. */
    static @Nullable Refused refused(Throwable cause) {
        Throwable each = cause;
        for (int depth = 0; each != null && depth < 10; depth++) {
            if (each instanceof Refused refused) {
                return refused;
            }
            each = each.getCause();
        }
        return null;
    }

    /** Whether another line may be written about a refusal. */
    boolean tells(long nowNanos) {
        long since = linesSince.get();
        if (since == Long.MIN_VALUE || nowNanos - since >= SECOND_NANOS) {
            linesSince.set(nowNanos);
            lines.set(1);
            return true;
        }
        return lines.incrementAndGet() <= LINES_MAX;
    }
}
