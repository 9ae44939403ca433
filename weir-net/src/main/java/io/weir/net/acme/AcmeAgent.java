package io.weir.net.acme;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.tls.AcmeSpec;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to one certificate: has it issued where there is none, renewed before it ends, tried again after failures. Runs
 * on a virtual thread of its own, which mostly sleeps; ends when that is interrupted.
 */
final class AcmeAgent implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeAgent.class);
    /** How long nothing is looked at at most: the file may be another's work, the clock may be set. */
    private static final Duration LOOK_MAX = Duration.ofMinutes(10);
    /** While another process has a certificate issued. */
    private static final Duration BUSY = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofMillis(100);
    /** Between two certificates: a clock that is wrong would use an authority's patience up within minutes. */
    private static final Duration REST_MAX = Duration.ofHours(1);

    private final AcmeSpec spec;
    private final Authority authority;
    private final Challenges challenges;
    private final ReentrantLock turn;
    private final Pace pace;
    private final Runnable changed;
    private final Counter issued;
    private final Counter renewed;
    private final Counter failed;
    private final Gauge ready;
    private final double dice;
    private volatile long untilMillis;
    private @Nullable StoredCertificate known;
    private @Nullable RenewalInfo info;
    private Instant askedNext = Instant.MIN;
    private int failures;
    private Instant notBefore = Instant.MIN;

    /** Makes what carries requests to the spec's authority; fails when the files it needs cannot be read. */
    @FunctionalInterface
    interface Authority {
        Wire reach(AcmeSpec spec) throws IOException;
    }

    /**
     * @param turn
     *            held while a certificate is issued: one after the other
     * @param changed
     *            called when there is another certificate in the file
     * @param scope
     *            of this certificate's numbers
     */
    AcmeAgent(AcmeSpec spec, Authority authority, Challenges challenges, ReentrantLock turn, Pace pace,
            Runnable changed, Scope scope) {
        this.spec = spec;
        this.authority = authority;
        this.challenges = challenges;
        this.turn = turn;
        this.pace = pace;
        this.changed = changed;
        this.dice = pace.dice();
        this.issued = scope.counter("issued");
        this.renewed = scope.counter("renewed");
        this.failed = scope.counter("failed");
        this.ready = scope.gauge("ready");
        ready.set(0);
        scope.gauge("expires_in_seconds", () -> Math.max(0, (untilMillis - pace.now().toEpochMilli()) / 1000));
    }

    /** The certificate as it is kept now, for who counts on it before the thread begins. */
    void look() {
        try {
            StoredCertificate found = CertificateStore.certificate(spec);
            if (found != null) {
                taken(found);
            }
        } catch (IOException e) {
            LOG.debug("{}", e.getMessage()); // told when it is looked at again
        }
    }

    private boolean taken(StoredCertificate found) {
        boolean other = !found.equals(known);
        if (other) {
            known = found;
            info = null;
            askedNext = Instant.MIN;
            untilMillis = found.until().toEpochMilli();
            ready.set(1);
        }
        return other;
    }

    @Override
    public void run() {
        try {
            while (true) {
                pace.pause(step());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it is no longer wanted
        }
    }

    /** Does what is due. Answers how long nothing will be. */
    Duration step() throws InterruptedException {
        try {
            StoredCertificate found = CertificateStore.certificate(spec);
            if (found != null && taken(found)) {
                changed.run(); // somebody else has renewed it
            }
            Instant due = due(found);
            Instant now = pace.now();
            if (now.isBefore(due)) {
                Duration left = Duration.between(now, due).plus(SOON);
                return left.compareTo(LOOK_MAX) < 0 ? left : LOOK_MAX;
            }
            return issue(found) ? Duration.ZERO : BUSY;
        } catch (AcmeFailure e) {
            return failed(e.text(), e.retryAfterSeconds());
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException(); // files tell it in their own way
            }
            return failed(e.getMessage() == null ? e.toString() : e.getMessage(), 0);
        } catch (RuntimeException e) {
            LOG.error("{}: a fault of Weir's own", spec.name(), e);
            return failed(e.toString(), 0); // this agent is the only one, and tries again
        }
    }

    private Instant due(@Nullable StoredCertificate found) throws IOException, InterruptedException {
        Instant due = Instant.MIN;
        if (found != null && found.fits(spec)) {
            due = RenewalTimes.due(found.from(), found.until(), dice);
            Instant asked = suggested(found);
            due = asked != null && asked.isBefore(due) ? asked : due;
        }
        return due.isBefore(notBefore) ? notBefore : due;
    }

    /** When the authority would like it to be renewed; null: it does not say. */
    private @Nullable Instant suggested(StoredCertificate found) throws InterruptedException {
        Instant now = pace.now();
        String id = RenewalInfo.id(found.certificate());
        if (id != null && !now.isBefore(askedNext)) {
            askedNext = now.plus(Duration.ofHours(6));
            try (Wire wire = authority.reach(spec)) {
                Members directory = Members.of("the directory", wire.ask(URI.create(spec.directory())).text());
                if (directory.has("renewalInfo")) {
                    URI at = URI.create(directory.url("renewalInfo") + "/" + id);
                    info = RenewalInfo.read(wire.ask(at), now);
                    askedNext = info == null ? askedNext : now.plusSeconds(info.askAgainSeconds());
                }
            } catch (AcmeFailure | IOException e) {
                LOG.debug("{}: no renewal information: {}", spec.name(), e.getMessage()); // its own life says enough
            }
        }
        RenewalInfo last = info;
        return last == null ? null : last.due(dice);
    }

    /** Whether it was this process' turn. */
    private boolean issue(@Nullable StoredCertificate before) throws AcmeFailure, IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            CertificateStore store = CertificateStore.open(spec.storage());
            try (Closeable lock = store.lock()) {
                if (lock == null) {
                    return false;
                }
                StoredCertificate now = CertificateStore.certificate(spec);
                if (now != null && !now.equals(before)) {
                    return true; // it was another's turn meanwhile
                }
                issue(store, before);
                return true;
            }
        } finally {
            turn.unlock();
        }
    }

    private void issue(CertificateStore store, @Nullable StoredCertificate before)
            throws AcmeFailure, IOException, InterruptedException {
        LOG.info("{}: {} a certificate for {} by {} from {}", spec.name(), before == null ? "asking for" : "renewing",
                spec.domains(), spec.challenge().type(), spec.directory());
        try (Wire wire = authority.reach(spec)) {
            AcmeSession session = AcmeSession.open(wire, store.account(spec), pace, spec.directory());
            AcmeSpec.Binding binding = spec.binding();
            session.account(spec.email(), spec.termsAgreed(), binding == null ? null : binding.id(),
                    binding == null ? null : Material.macKey(binding.key()));
            StoredCertificate replaced = before != null && before.fits(spec) ? before : null;
            Issuance.Issued result = new Issuance(session, spec, challenges, pace)
                    .run(replaced == null ? null : RenewalInfo.id(replaced.certificate()));
            store.keep(spec, result);
            (replaced == null ? issued : renewed).increment();
            failures = 0;
            StoredCertificate fresh = new StoredCertificate(result.chain().getFirst(), spec.directory());
            Duration rest = Duration.between(fresh.from(), fresh.until()).dividedBy(10);
            notBefore = pace.now().plus(rest.compareTo(REST_MAX) < 0 ? rest : REST_MAX);
            taken(fresh);
            LOG.info("{}: the certificate for {} is here; it ends {}", spec.name(), spec.domains(),
                    result.chain().getFirst().getNotAfter().toInstant());
            changed.run();
        }
    }

    private Duration failed(String why, long retryAfterSeconds) {
        failed.increment();
        failures++;
        Duration wait = RenewalTimes.retry(failures, retryAfterSeconds, pace.dice());
        notBefore = pace.now().plus(wait);
        StoredCertificate kept = known;
        LOG.warn("{}: no certificate for {}: {}; {}, the next try is in {} s", spec.name(), spec.domains(), why,
                kept == null ? "there is none" : "the one before stays, which ends " + kept.until(), wait.toSeconds());
        return wait;
    }
}
