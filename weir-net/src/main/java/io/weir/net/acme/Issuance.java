package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import io.weir.net.acme.Wire.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One order, from the names to the certificate (RFC 8555 section 7.4): each name is proved to be ours, then the
 * certificate is asked for and fetched. Used by one thread, which waits.
 */
final class Issuance {
    /** How often something is looked at that takes the authority its time. */
    private static final int LOOKS_MAX = 60;
    private static final Duration LOOK_FIRST = Duration.ofMillis(250);
    private static final Duration LOOK_MAX = Duration.ofSeconds(15);
    private static final long LOOK_SECONDS_MAX = 120;
    private static final Set<String> UNDER_WAY = Set.of("pending", "processing");

    private final AcmeSession session;
    private final AcmeSpec spec;
    private final Challenges challenges;
    private final Pace pace;

    /**
     * What came of it.
     *
     * @param chain
     *            the certificate first
     */
    record Issued(List<X509Certificate> chain, KeyPair keys) {
        Issued {
            chain = List.copyOf(chain);
        }
    }

    Issuance(AcmeSession session, AcmeSpec spec, Challenges challenges, Pace pace) {
        this.session = session;
        this.spec = spec;
        this.challenges = challenges;
        this.pace = pace;
    }

    /**
     * Has the certificate issued. The session has its account.
     *
     * @param replaced
     *            what the authority calls the certificate that it stands in for (RFC 9773 section 5); null: nothing is
     *            said of that
     */
    Issued run(@Nullable String replaced) throws AcmeFailure, IOException, InterruptedException {
        var identifiers = new ArrayList<Object>();
        for (String domain : spec.domains()) {
            identifiers.add(new LinkedHashMap<String, Object>(Map.of("type", "dns", "value", domain)));
        }
        var request = new LinkedHashMap<String, Object>();
        request.put("identifiers", identifiers);
        if (replaced != null && session.directory().has("renewalInfo")) {
            request.put("replaces", replaced);
        }
        Reply made = order(request);
        String location = made.header("location");
        if (location == null) {
            throw new AcmeFailure("the authority took an order and did not say where it is");
        }
        URI at = Members.url("the order's place", location);
        Members order = Members.of("the order", made.text());
        for (URI authorization : order.urls("authorizations")) {
            prove(authorization);
        }
        order = settled("the order", at);
        KeyPair keys = Keys.make(spec.key());
        if (order.text("status").equals("ready")) {
            var csr = new LinkedHashMap<String, Object>();
            csr.put("csr", AccountKey.base64(CertificateRequest.make(keys, spec.domains())));
            session.post(order.url("finalize"), AccountKey.json(csr));
            order = settled("the order", at);
        }
        if (!order.text("status").equals("valid")) {
            throw refused("the order", order);
        }
        return new Issued(chain(session.ask(order.url("certificate")).text(), keys), keys);
    }

    /** What stands in for another certificate, that has been replaced or is not known, may be refused for that. */
    private Reply order(Map<String, Object> request) throws AcmeFailure, IOException, InterruptedException {
        URI at = session.directory().url("newOrder");
        try {
            return session.post(at, AccountKey.json(request));
        } catch (AcmeFailure e) {
            if (e.type().isEmpty() || e.type().equals("rateLimited") || request.remove("replaces") == null) {
                throw e;
            }
            return session.post(at, AccountKey.json(request));
        }
    }

    /** Proves that one name is ours. */
    private void prove(URI at) throws AcmeFailure, IOException, InterruptedException {
        Members authorization = Members.of("the authorization", session.ask(at).text());
        if (authorization.text("status").equals("valid")) {
            return; // it was proved lately
        }
        String domain = authorization.inside("identifier").text("value").toLowerCase(Locale.ROOT);
        Members challenge = offered(authorization, domain);
        String token = challenge.text("token");
        if (!token.matches("[A-Za-z0-9_-]{1,200}")) {
            throw new AcmeFailure("the authority's token is no Base64 for URLs: " + token); // section 8.1
        }
        String proof = session.key().authorization(token);
        try (var _ = challenges.open(spec.challenge(), domain, token, proof, pace.now())) {
            session.post(challenge.url("url"), "{}");
            Members done = settled("the authorization of " + domain, at);
            if (!done.text("status").equals("valid")) {
                throw refused("the authorization of " + domain, done);
            }
        }
    }

    private Members offered(Members authorization, String domain) throws AcmeFailure {
        var types = new ArrayList<String>();
        for (Members each : authorization.each("challenges")) {
            types.add(each.text("type", ""));
            if (types.getLast().equals(spec.challenge().type())) {
                return each;
            }
        }
        throw new AcmeFailure("the authority does not take " + spec.challenge().type() + " for " + domain + ", only "
                + String.join(", ", types));
    }

    /** Looks until the authority has made up its mind. */
    private Members settled(String what, URI at) throws AcmeFailure, IOException, InterruptedException {
        Duration wait = LOOK_FIRST;
        for (int looks = 0; looks < LOOKS_MAX; looks++) {
            Reply reply = session.ask(at);
            Members found = Members.of(what, reply.text());
            if (!UNDER_WAY.contains(found.text("status"))) {
                return found;
            }
            long asked = AcmeSession.retryAfterSeconds(reply, pace.now());
            pace.pause(asked > 0 ? Duration.ofSeconds(Math.min(asked, LOOK_SECONDS_MAX)) : wait);
            wait = wait.multipliedBy(2).compareTo(LOOK_MAX) < 0 ? wait.multipliedBy(2) : LOOK_MAX;
        }
        throw new AcmeFailure(what + " is still under way; it is given up");
    }

    /** Why something has become invalid: the authority says it of the challenge, or of the order. */
    private static AcmeFailure refused(String what, Members found) throws AcmeFailure {
        Members error = found.inside("error");
        for (Members each : found.each("challenges")) {
            error = each.has("error") ? each.inside("error") : error;
        }
        String type = AcmeSession.type(error);
        return new AcmeFailure(type, what + " is " + found.text("status") + (type.isEmpty() ? "" : ", " + type) + ": "
                + error.text("detail", "the authority does not say why"), 0);
    }

    /** The chain, which must be for our key and our names: what is kept here is shown to clients. */
    private List<X509Certificate> chain(String pem, KeyPair keys) throws AcmeFailure {
        var chain = new ArrayList<X509Certificate>();
        try {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
                chain.add((X509Certificate) each);
            }
        } catch (CertificateException e) {
            throw new AcmeFailure("the authority's certificate cannot be read: " + e.getMessage());
        }
        if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(keys.getPublic())) {
            throw new AcmeFailure("the authority's certificate is not for the key that was sent");
        }
        if (!StoredCertificate.names(chain.getFirst()).containsAll(spec.domains())) {
            throw new AcmeFailure("the authority's certificate is not for all the names that were asked for");
        }
        return chain;
    }
}
