package io.weir.app.acme;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.AcmeSpec;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.ServerTls;
import io.weir.net.acme.AcmeKeeper;
import io.weir.net.acme.ChallengeDoor;
import io.weir.net.acme.Challenges;
import io.weir.net.transport.Acceptor;
import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.ListenerSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stands between listeners and the certificates that are issued for them: says which are here already, and has the
 * others awaited. A certificate is a file like any other; it is only not an error that it is not there yet. Changed by
 * the conductor.
 */
public final class Certifying implements AutoCloseable {
    /** Never asked: the door lets nobody in. */
    private static final Acceptor NOBODY = (_, channel) -> channel.close();

    private final AcmeKeeper keeper;
    private List<AcmeSpec> specs = List.of();
    private boolean serving;
    private volatile Runnable changed = () -> {
    };

    public Certifying(Stats stats) {
        this.keeper = new AcmeKeeper(stats.root().child("acme"), () -> changed.run());
    }

    /**
     * Called, by any thread, when the file of a certificate holds another one.
     *
     * @param task
     *            set before the first certificate is followed
     */
    public void whenChanged(Runnable task) {
        changed = task;
    }

    /** What listeners are asked to prove that names are theirs. */
    public Challenges challenges() {
        return keeper.challenges();
    }

    /** These certificates may be awaited by the listeners that are made from now on. */
    public void expect(List<AcmeSpec> certificates) {
        specs = List.copyOf(certificates);
    }

    /** Sees to the certificates that are expected, and to no others, while this process serves. */
    public void follow() {
        if (serving) {
            keeper.follow(specs);
        }
    }

    /** This process serves from now on: before that an authority would ask another one for its proofs, or nobody. */
    public void begin() {
        serving = true;
        follow();
    }

    /** This process leaves: from now on authorities find another one at its addresses. */
    public void rest() {
        serving = false;
        keeper.close();
    }

    int followed() {
        return keeper.followed();
    }

    /** The same without the certificates that are not here yet. */
    public ServerTls present(ServerTls tls) {
        List<CertificateSpec> here = tls.common().certificates().stream().filter(each -> awaited(each) == null)
                .toList();
        return here.size() == tls.common().certificates().size()
                ? tls
                : tls.withCommon(tls.common().withCertificates(here));
    }

    /** Whose file it is, while that is not there; null of any other certificate. */
    private @Nullable AcmeSpec awaited(CertificateSpec certificate) {
        if (certificate.chain() instanceof DataSource.File file) {
            for (AcmeSpec spec : specs) {
                if (spec.file().equals(file.path()) && !Files.exists(Path.of(file.path()))) {
                    return spec;
                }
            }
        }
        return null;
    }

    /** The names of the certificates that a listener is to show and that are not here yet. */
    public Set<String> awaited(ListenerSpec listener) {
        Set<String> names = new HashSet<>();
        Stream.concat(listener.chains().stream(), Stream.ofNullable(listener.otherwise())).map(FilterChainSpec::tls)
                .filter(Objects::nonNull).forEach(tls -> tls.common().certificates().forEach(each -> {
                    AcmeSpec spec = awaited(each);
                    if (spec != null) {
                        names.add(spec.name());
                    }
                }));
        return names;
    }

    /** Whether names are proved by certificates, for which each listener of TLS has a door. */
    public boolean proves() {
        return specs.stream().anyMatch(spec -> spec.challenge() == AcmeSpec.Challenge.TLS_ALPN_01);
    }

    /**
     * What stands before a server of TLS while certificates are issued; the server itself where none ever are.
     *
     * @param tls
     *            all its certificates, the awaited ones too
     * @param server
     *            null: none of its certificates is here
     * @param served
     *            says whether that one has a certificate for a name
     * @param scope
     *            of the listener
     * @param late
     *            counts clients that say nothing in time
     * @param timeoutNanos
     *            how long they may take; 0: for ever
     */
    public Acceptor before(ServerTls tls, @Nullable Acceptor server, Predicate<String> served, Scope scope,
            Counter late, long timeoutNanos) {
        Set<String> names = new HashSet<>();
        for (CertificateSpec each : tls.common().certificates()) {
            AcmeSpec spec = awaited(each);
            if (spec != null) {
                names.addAll(spec.domains());
            }
        }
        if (server != null && names.isEmpty() && !proves()) {
            return server;
        }
        return new ChallengeDoor(challenges(), names, server == null ? null : served, server == null ? NOBODY : server,
                scope.child("server_ssl_socket_factory").counter("downstream_context_secrets_not_ready"), late,
                timeoutNanos);
    }

    @Override
    public void close() {
        rest();
    }
}
