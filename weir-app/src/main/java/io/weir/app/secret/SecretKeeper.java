package io.weir.app.secret;

import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.time.NanoClock;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.SecretSpec;
import io.weir.core.tls.ValidationSpec;
import io.weir.net.tls.Renewable;
import io.weir.net.tls.SecretSource;
import io.weir.net.tls.TlsFailure;
import io.weir.xds.compile.Extensions;
import io.weir.xds.resource.Problem;
import io.weir.xds.tls.SecretFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has TLS read its files again when they have changed, and finds secrets by name in files (SDS by
 * {@code path_config_source}). The conductor's; {@link #follow} may be ended by any thread.
 */
public final class SecretKeeper implements SecretSource {
    /** How often {@link #look} is meant to be called; a change is taken over after the second look. */
    public static final long LOOK_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(SecretKeeper.class);
    /** Looking takes one part in so many of the time, however many files there are. */
    private static final long SHARE = 50;
    private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final Supplier<Extensions> extensions;
    private final NanoClock clock;
    private final Scope sds;
    private final Map<Renewable, Followed> followed = new ConcurrentHashMap<>();
    private long restNanos;
    private long restedNanos;
    /** How long the looks at files of this turn have taken; reading what has changed is not among it. */
    private long lookedNanos;

    /**
     * @param extensions
     *            what files of secrets are read by
     */
    public SecretKeeper(Supplier<Extensions> extensions, Stats stats, NanoClock clock) {
        this.extensions = extensions;
        this.clock = clock;
        this.sds = stats.root().child("sds");
        this.restedNanos = clock.nanos();
    }

    /**
     * Has it made anew from now on when the files have changed that it comes from.
     *
     * @param who
     *            it is, for the log
     * @param numbers
     *            count what becomes of it, {@code server_ssl_socket_factory} of a listener
     * @param begun
     *            when its files began to be read
     * @return ends that; any thread, more than once is once
     */
    public Runnable follow(Renewable renewable, String who, Scope numbers, Instant begun) {
        renewable.named().forEach(ref -> count(ref, "update_success"));
        followed.put(renewable, new Followed(renewable, who, numbers, begun));
        return () -> followed.remove(renewable);
    }

    /** Looks whether files have changed, and takes over what looks the same as at the last look: it is whole. */
    public void look() {
        if (clock.nanos() - restedNanos >= restNanos) {
            lookedNanos = 0;
            look(false);
            restedNanos = clock.nanos();
            restNanos = Math.min(REST_NANOS_MAX, SHARE * lookedNanos);
        }
    }

    /** Takes over whatever has changed, without a second look: somebody says that it is whole. */
    public void lookAtOnce() {
        look(true);
    }

    private void look(boolean atOnce) {
        Set<String> counted = new HashSet<>();
        followed.values().forEach(each -> each.look(atOnce, counted));
    }

    private void count(NamedSecrets.Ref ref, String what) {
        sds.child(ref.name()).counter(what).increment();
    }

    @Override
    public CommonTls filled(CommonTls common) throws TlsFailure {
        NamedSecrets named = common.named();
        List<CertificateSpec> certificates = new ArrayList<>(common.certificates());
        for (int i = 0; i < named.certificates().size(); i++) {
            String path = "common_tls_context.tls_certificate_sds_secret_configs[" + i + "]";
            certificates.add(find(named.certificates().get(i), SecretSpec.Certificate.class, path).spec());
        }
        ValidationSpec validation = common.validation();
        if (named.validation() != null) {
            validation = validation.and(find(named.validation(), SecretSpec.Validation.class,
                    "common_tls_context.validation_context_sds_secret_config").spec());
        }
        return common.withCertificates(certificates).withValidation(validation);
    }

    @Override
    public List<DataSource> ticketKeys(NamedSecrets.Ref ref) throws TlsFailure {
        return find(ref, SecretSpec.TicketKeys.class, "session_ticket_keys_sds_secret_config").keys();
    }

    private <S extends SecretSpec> S find(NamedSecrets.Ref ref, Class<S> kind, String path) throws TlsFailure {
        SecretFile file = SecretFile.read(Path.of(ref.file()), extensions.get());
        for (Problem problem : file.problems()) {
            if (problem.isError()) {
                throw new TlsFailure(path + ".sds_config.path_config_source", ref.file(), problem.toString(), "");
            }
        }
        SecretSpec found = file.secrets().get(ref.name());
        if (found == null) {
            throw new TlsFailure(path + ".name", ref.name(), "there is no secret of this name in " + ref.file(),
                    "its names: " + file.secrets().keySet());
        }
        if (!kind.isInstance(found)) {
            throw new TlsFailure(path + ".name", ref.name(), "the secret of this name in " + ref.file()
                    + " is of another kind", "name another");
        }
        return kind.cast(found);
    }

    /** One that is made of files. */
    private final class Followed {
        private final Renewable renewable;
        private final String who;
        private final Scope numbers;
        private FileLooks told;
        private FileLooks last;
        private boolean failed;

        Followed(Renewable renewable, String who, Scope numbers, Instant begun) {
            this.renewable = renewable;
            this.who = who;
            this.numbers = numbers;
            numbers.counter("ssl_context_update_by_sds");
            numbers.counter("key_rotation_failed");
            this.last = FileLooks.at(renewable.watched());
            this.told = last.unchangedSince(begun);
        }

        /**
         * @param counted
         *            the secrets by name that have been counted in this look: many may have the same
         */
        void look(boolean atOnce, Set<String> counted) {
            long startNanos = clock.nanos();
            FileLooks now = FileLooks.at(renewable.watched());
            lookedNanos += clock.nanos() - startNanos;
            boolean settled = atOnce || now.equals(last);
            last = now;
            if (!settled || !now.differsFrom(told) && !(atOnce && failed)) {
                return;
            }
            FileLooks before = told;
            told = now;
            Instant begun = Instant.now();
            try {
                failed = true; // until it is done: a file may be readable later, without looking different
                renewable.renew();
                failed = false;
                // what it names only now is looked at after it was read
                told = now.or(FileLooks.at(renewable.watched()).unchangedSince(begun));
                last = told;
                numbers.counter("ssl_context_update_by_sds").increment();
                LOG.info("{}: certificates, keys or rules have changed, and new handshakes go by them", who);
                count(before, now, "update_success", "", counted);
            } catch (TlsFailure e) {
                LOG.error("{}: what has changed is not taken over, and what was before stays: {}: {}{}{}", who,
                        e.path(), e.text(), e.value().isEmpty() ? "" : " (" + e.value() + ")",
                        e.cure().isEmpty() ? "" : "; " + e.cure());
                refused(before, now, begun, counted);
            } catch (RuntimeException e) { // a fault of Weir's: the others of this turn are looked at all the same
                LOG.error("{}: what has changed is not taken over, and what was before stays", who, e);
                refused(before, now, begun, counted);
            }
        }

        private void refused(FileLooks before, FileLooks now, Instant begun, Set<String> counted) {
            // files that only what failed names are watched from now on, and told as it has found them
            told = now.or(FileLooks.at(renewable.watched()).unchangedSince(begun));
            numbers.counter("key_rotation_failed").increment();
            count(before, now, "update_rejected", "key_rotation_failed", counted);
        }

        private void count(FileLooks before, FileLooks now, String byFile, String byOthers, Set<String> counted) {
            for (NamedSecrets.Ref ref : renewable.named()) {
                String watched = ref.watched() == null ? ref.file() : ref.watched();
                boolean own = !String.valueOf(before.looks().get(watched)).equals(now.looks().get(watched));
                String what = own ? byFile : byOthers;
                if (!what.isEmpty() && counted.add(ref.name() + ' ' + what)) {
                    SecretKeeper.this.count(ref, what);
                }
            }
        }
    }
}
