package io.weir.net.tls;

import com.google.re2j.Pattern;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.TrustDomain;
import io.weir.core.tls.ValidationSpec;
import io.weir.net.tls.Refused.Why;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom one side of TLS believes: chains (RFC 5280 section 6), lists of revoked certificates, names and pins. Immutable;
 * any thread. Its checks compute and never wait.
 */
final class Trust {
    private static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USE = "2.5.29.37.0";
    private static final String SPIFFE = ".custom_validator_config.typed_config.";
    private static final String SPIFFE_SCHEME = "spiffe://";
    /** Bits of a certificate's key usage (RFC 5280 section 4.2.1.3). */
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;

    private final ValidationSpec spec;
    private final List<X509Certificate> roots;
    private final Believed everybody;
    /** By trust domain; empty: {@link #everybody} counts. */
    private final Map<String, Believed> domains;
    private final RevokedLists lists;
    private final Set<String> spki = new HashSet<>();
    private final Set<String> hashes = new HashSet<>();
    private final List<Pattern> patterns = new ArrayList<>();

    /** To whom certificates must lead. */
    private record Believed(List<X509Certificate> roots, Set<TrustAnchor> anchors) {
        static Believed of(List<X509Certificate> roots) {
            return new Believed(roots, roots.stream().map(root -> new TrustAnchor(root, null))
                    .collect(Collectors.toUnmodifiableSet()));
        }
    }

    private Trust(ValidationSpec spec, List<X509Certificate> roots, Map<String, Believed> domains,
            RevokedLists lists) {
        this.spec = spec;
        this.roots = domains.isEmpty()
                ? roots
                : domains.values().stream().flatMap(each -> each.roots.stream()).distinct().toList();
        this.everybody = Believed.of(roots);
        this.domains = domains;
        this.lists = lists;
        spec.spkiPins().forEach(pin -> spki.add(HexFormat.of().formatHex(Base64.getDecoder().decode(pin))));
        hashes.addAll(spec.hashPins());
        for (SanMatch name : spec.names()) {
            patterns.add(Pattern.compile(name.how() == SanMatch.How.REGEX ? name.text() : ""));
        }
    }

    /**
     * Reads who is to be believed. Waits for files.
     *
     * @param path
     *            where the rules stand
     * @throws TlsFailure
     *             for the first thing that is wrong
     */
    static Trust read(ValidationSpec spec, String path) throws TlsFailure {
        DataSource ca = spec.trustedCa();
        List<X509Certificate> roots = ca != null
                ? Identity.certificates(Secrets.text(ca, path + ".trusted_ca"), path + ".trusted_ca", Secrets.name(ca))
                : spec.systemRoots() ? ofThisMachine(path) : List.of();
        DataSource crl = spec.crl();
        return new Trust(spec, roots, domains(spec, path + SPIFFE),
                crl == null ? RevokedLists.NONE : RevokedLists.read(crl, path + ".crl"));
    }

    private static Map<String, Believed> domains(ValidationSpec spec, String at) throws TlsFailure {
        Map<String, Believed> domains = new LinkedHashMap<>();
        DataSource bundles = spec.trustBundles();
        if (bundles != null) {
            Secrets.bundles(bundles, at + "trust_bundles").forEach((name, all) -> domains.put(name, Believed.of(all)));
            return domains;
        }
        List<TrustDomain> specs = spec.trustDomains();
        for (int i = 0; i < specs.size(); i++) {
            DataSource bundle = specs.get(i).bundle();
            String path = at + "trust_domains[" + i + "].trust_bundle";
            domains.put(specs.get(i).name(),
                    Believed.of(Identity.certificates(Secrets.text(bundle, path), path, Secrets.name(bundle))));
        }
        return domains;
    }

    /**
     * Sees to it that nothing is asked of certificates where nobody is believed, nor names where everybody is accepted.
     * The configuration has been looked at already; what secrets of a file add to it has not.
     *
     * @param common
     *            filled in
     * @throws TlsFailure
     *             for the first thing that makes no sense
     */
    static void sensible(CommonTls common) throws TlsFailure {
        ValidationSpec spec = common.validation();
        String path = Contexts.validation(common);
        String from = from(common);
        DataSource crl = spec.crl();
        if (spec.byDomain() && (spec.acceptUntrusted() || spec.trustedCa() != null
                || spec.systemRoots())) {
            throw new TlsFailure(path + ".custom_validator_config", "", "trust domains say who is believed for which"
                    + " names, and trusted_ca, system_root_certs or ACCEPT_UNTRUSTED would say otherwise"
                    + from(common), "keep one of them");
        }
        if (spec.byDomain() && !spec.names().stream().allMatch(Trust::ofUris)) {
            throw new TlsFailure(path + ".match_typed_subject_alt_names", "", "an authority of a trust domain is"
                    + " believed for URIs of its own alone" + from, "write san_type: URI");
        }
        if (spec.believes()) {
            if (!spec.names().isEmpty() && !spec.provesNames()) {
                throw everybody(common, "match_typed_subject_alt_names proves nothing",
                        "remove this, or match_typed_subject_alt_names");
            }
            return;
        }
        if (!spec.names().isEmpty()) {
            throw new TlsFailure(path + ".match_typed_subject_alt_names", "", "anybody can write any name into a"
                    + " certificate of his own, and nothing says whose are believed" + from, "add trusted_ca");
        }
        if (crl != null) {
            throw new TlsFailure(path + ".crl", Secrets.name(crl), "nothing says whose certificates are believed, so"
                    + " that none can be revoked" + from, "add trusted_ca");
        }
        if (spec.allowExpired()) {
            throw new TlsFailure(path + ".allow_expired_certificate", "true", "nothing says whose certificates are"
                    + " believed" + from, "add trusted_ca");
        }
    }

    /**
     * Sees to it that a name in a certificate says something: somebody who is believed, or a pin, must stand behind it.
     *
     * @param common
     *            of a client whose hosts must prove a name, filled in
     * @throws TlsFailure
     *             when anybody's certificate with the name would do
     */
    static void proves(CommonTls common) throws TlsFailure {
        ValidationSpec spec = common.validation();
        if (spec.byDomain()) {
            throw new TlsFailure(Contexts.validation(common) + ".custom_validator_config", "", "an authority of a trust"
                    + " domain may write any DNS name into a certificate, so that hosts prove none" + from(common),
                    "remove auto_san_validation and auto_sni_san_validation, or write trusted_ca in its place");
        }
        if (spec.believes() && !spec.provesNames()) {
            throw everybody(common, "hosts prove no name", "remove this, or auto_san_validation and"
                    + " auto_sni_san_validation");
        }
        if (!spec.provesNames()) {
            throw new TlsFailure(Contexts.validation(common) + ".trusted_ca", "", "hosts must prove a name, but"
                    + " anybody can write any name into a certificate of his own, and nothing says whose are believed"
                    + from(common), "add trusted_ca");
        }
    }

    private static TlsFailure everybody(CommonTls common, String so, String cure) {
        return new TlsFailure(Contexts.validation(common) + ".trust_chain_verification", "ACCEPT_UNTRUSTED",
                "anybody can write any name into a certificate of his own, and this accepts it, so that " + so
                        + from(common),
                cure);
    }

    private static String from(CommonTls common) {
        NamedSecrets.Ref ref = common.named().validation();
        return ref == null ? "" : "; so it is with the secret " + ref.name() + " of " + ref.file();
    }

    /**
     * Sees to it that nobody comes to be believed because a file has lost its authorities.
     *
     * @throws TlsFailure
     *             when certificates led to somebody before, and need not from now on
     */
    static void stays(@Nullable Trust before, @Nullable Trust after, String path) throws TlsFailure {
        if (before != null && before.spec.believes() && (after == null || !after.spec.believes())) {
            throw new TlsFailure(path + ".trusted_ca", "", "it has gone, and anybody's certificate would be believed",
                    "write it again; a Weir that is to believe everybody has to be started anew");
        }
    }

    private static List<X509Certificate> ofThisMachine(String path) throws TlsFailure {
        for (String file : List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                "/etc/ssl/cert.pem")) {
            var source = new DataSource.File(file);
            if (Files.isReadable(Path.of(file))) {
                return Identity.certificates(Secrets.text(source, path), path, file);
            }
        }
        var roots = new ArrayList<X509Certificate>();
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager known) {
                    roots.addAll(List.of(known.getAcceptedIssuers()));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new TlsFailure(path + ".system_root_certs", "", "this machine's certificates cannot be had: " + e,
                    "name them in trusted_ca");
        }
        return roots;
    }

    /** Whose certificates are believed, for who is to show one. */
    List<X509Certificate> roots() {
        return roots;
    }

    /** All that belongs to a session that was agreed on by it: the rules, who is believed for what, who no more. */
    void digest(MessageDigest digest) throws GeneralSecurityException {
        digest.update(spec.withoutSources().toString().getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, Believed> each : domains.entrySet()) {
            digest.update((each.getKey() + ' ' + each.getValue().roots.size() + '\n').getBytes(StandardCharsets.UTF_8));
            for (X509Certificate root : each.getValue().roots) {
                digest.update(root.getEncoded());
            }
        }
        for (X509Certificate root : roots) {
            digest.update(root.getEncoded());
        }
        lists.digest(digest);
    }

    /** What the issuers have revoked. */
    RevokedLists lists() {
        return lists;
    }

    ValidationSpec spec() {
        return spec;
    }

    /**
     * Whether what the other side has shown is accepted.
     *
     * @param chain
     *            its certificate first
     * @param ofServer
     *            whether it is a server's
     * @param host
     *            a name that it must carry beside what the rules say; null: none
     * @throws Refused
     *             when it is not
     */
    void check(List<X509Certificate> chain, boolean ofServer, @Nullable String host) throws Refused {
        if (!roots.isEmpty() && !spec.acceptUntrusted()) {
            path(chain, ofServer);
        }
        if (!spec.names().isEmpty() && !named(chain.getFirst())) {
            throw new Refused(Why.NAME, "none of its names is accepted: "
                    + Names.of(chain.getFirst(), SanMatch.Type.ANY));
        }
        if (host != null && Names.of(chain.getFirst(), SanMatch.Type.DNS).stream()
                .noneMatch(name -> Names.dnsMatches(name, host))
                && !Names.of(chain.getFirst(), SanMatch.Type.IP).contains(host)) {
            throw new Refused(Why.NAME, "it is not made for " + host + ", but for "
                    + Names.of(chain.getFirst(), SanMatch.Type.ANY));
        }
        if (!(spki.isEmpty() && hashes.isEmpty()) && !pinned(chain.getFirst())) {
            throw new Refused(Why.PIN, "it is none of those that are pinned");
        }
    }

    /**
     * Whether what the other side has shown in an earlier handshake still holds: whoever takes up a session shows
     * nothing again, and time may have passed that the rules do not allow. What else they say belongs to the session.
     *
     * @param chain
     *            its certificate first; empty: it has shown none
     * @throws Refused
     *             when it does not
     */
    void still(List<X509Certificate> chain, Instant now) throws Refused {
        if (chain.isEmpty() || !timed()) {
            return;
        }
        X509Certificate leaf = chain.getFirst();
        if (!spec.allowExpired()) {
            inTime(leaf, now);
        }
        lists.still(leaf, now);
    }

    /** Whether time has a say in what is accepted. */
    boolean timed() {
        return !roots.isEmpty() && !spec.acceptUntrusted() && !(spec.allowExpired() && lists.isEmpty());
    }

    /** Whether somebody who is believed, or a pin, stands behind it; what {@link #check} accepts may have neither. */
    boolean validates(List<X509Certificate> chain, boolean ofServer) {
        if (roots.isEmpty()) {
            return !(spki.isEmpty() && hashes.isEmpty());
        }
        if (!spec.acceptUntrusted()) {
            return true;
        }
        try {
            path(chain, ofServer);
            return true;
        } catch (Refused e) {
            return false;
        }
    }

    private void path(List<X509Certificate> chain, boolean ofServer) throws Refused {
        X509Certificate leaf = chain.getFirst();
        if (!spec.allowExpired()) {
            inTime(leaf, Instant.now());
        }
        forUse(leaf, ofServer);
        Believed believed = domains.isEmpty() ? everybody : ofItsDomain(leaf);
        List<X509Certificate> path = believed.roots.contains(leaf) ? List.of(leaf) : built(chain, believed.anchors);
        if (!lists.isEmpty()) {
            lists.check(path, spec.onlyLeafCrl());
        }
    }

    /**
     * Who is believed for the name that it carries (SPIFFE X509-SVID sections 2 and 5): it has one URI, and is none
     * that could issue others, so that nobody of one trust domain can speak for another.
     */
    private Believed ofItsDomain(X509Certificate leaf) throws Refused {
        boolean[] use = leaf.getKeyUsage();
        if (leaf.getBasicConstraints() >= 0 || use != null && (use[KEY_CERT_SIGN] || use[CRL_SIGN])) {
            throw new Refused(Why.USE, "it is one that issues others, and no SVID of SPIFFE");
        }
        List<String> uris = Names.of(leaf, SanMatch.Type.URI);
        if (uris.size() != 1 || !uris.getFirst().startsWith(SPIFFE_SCHEME)) {
            throw new Refused(Why.CHAIN, "it is no SVID of SPIFFE, which has one URI that begins with " + SPIFFE_SCHEME
                    + ": " + uris);
        }
        String rest = uris.getFirst().substring(SPIFFE_SCHEME.length());
        int slash = rest.indexOf('/');
        Believed believed = domains.get(slash < 0 ? rest : rest.substring(0, slash));
        if (believed == null) {
            throw new Refused(Why.CHAIN, "nobody is believed for its trust domain: " + uris.getFirst());
        }
        return believed;
    }

    private static void inTime(X509Certificate leaf, Instant now) throws Refused {
        try {
            leaf.checkValidity(Date.from(now));
        } catch (CertificateExpiredException e) {
            throw new Refused(Why.TIME, "it has expired, at " + leaf.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException e) {
            throw new Refused(Why.TIME, "it does not hold before " + leaf.getNotBefore().toInstant());
        }
    }

    /** RFC 5280 section 4.2.1.12: who says what it is for is for nothing else. */
    private static void forUse(X509Certificate leaf, boolean ofServer) throws Refused {
        try {
            List<String> uses = leaf.getExtendedKeyUsage();
            if (uses != null && !uses.contains(ANY_USE) && !uses.contains(ofServer ? SERVER_USE : CLIENT_USE)) {
                throw new Refused(Why.USE, "it is not made for TLS "
                        + (ofServer ? "servers" : "clients") + " (extended key usage)");
            }
        } catch (CertificateParsingException e) {
            throw new Refused(Why.USE, "what it is made for cannot be read");
        }
    }

    /** The way from the certificate to one that is believed, that one included. */
    private List<X509Certificate> built(List<X509Certificate> chain, Set<TrustAnchor> anchors) throws Refused {
        try {
            var target = new X509CertSelector();
            target.setCertificate(chain.getFirst());
            var parameters = new PKIXBuilderParameters(anchors, target);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setRevocationEnabled(false); // only by the lists at hand: nobody is asked over the network
            parameters.setMaxPathLength(spec.depthMax());
            if (spec.allowExpired()) {
                // its issuers stood when it was made
                parameters.setDate(Date.from(chain.getFirst().getNotBefore().toInstant().plusSeconds(1)));
            }
            var result = (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
            var path = new ArrayList<X509Certificate>();
            for (Certificate each : result.getCertPath().getCertificates()) {
                path.add((X509Certificate) each);
            }
            path.add(result.getTrustAnchor().getTrustedCert());
            return path;
        } catch (GeneralSecurityException e) {
            Throwable cause = e;
            for (Throwable deeper = e.getCause(); deeper != null; deeper = deeper.getCause()) {
                cause = deeper;
            }
            throw new Refused(Why.CHAIN, "it leads to nobody who is believed: " + chain.getFirst()
                    .getSubjectX500Principal() + ", issued by " + chain.getFirst().getIssuerX500Principal() + " ("
                    + cause.getMessage() + ")");
        }
    }

    private boolean named(X509Certificate leaf) {
        for (int i = 0; i < spec.names().size(); i++) {
            SanMatch match = spec.names().get(i);
            for (String name : names(leaf, match)) {
                if (matches(match, patterns.get(i), name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** An authority of a trust domain may write what it likes into names of other kinds: they say nothing there. */
    private List<String> names(X509Certificate leaf, SanMatch match) {
        if (!domains.isEmpty()) {
            return ofUris(match) ? Names.of(leaf, SanMatch.Type.URI) : List.of();
        }
        return match.type() == SanMatch.Type.OTHER ? Names.other(leaf, match.oid()) : Names.of(leaf, match.type());
    }

    private static boolean ofUris(SanMatch match) {
        return match.type() == SanMatch.Type.URI || match.type() == SanMatch.Type.ANY;
    }

    private static boolean matches(SanMatch match, Pattern pattern, String full) {
        String name = match.ignoreCase() ? full.toLowerCase(Locale.ROOT) : full;
        String text = match.ignoreCase() ? match.text().toLowerCase(Locale.ROOT) : match.text();
        return switch (match.how()) {
            case EXACT -> match.type() == SanMatch.Type.DNS
                    ? Names.dnsMatches(full, match.text().toLowerCase(Locale.ROOT))
                    : name.equals(text);
            case PREFIX -> name.startsWith(text);
            case SUFFIX -> name.endsWith(text);
            case CONTAINS -> name.contains(text);
            case REGEX -> pattern.matches(full);
        };
    }

    private boolean pinned(X509Certificate leaf) throws Refused {
        try {
            return spki.contains(sha256(leaf.getPublicKey().getEncoded())) || hashes.contains(sha256(leaf
                    .getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new Refused(Why.PIN, "it cannot be written down to be compared");
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
