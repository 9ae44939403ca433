package io.weir.net.tls;

import io.weir.core.tls.DataSource;
import io.weir.net.tls.Refused.Why;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which certificates their issuers have revoked (RFC 5280 section 5). Immutable; any thread. */
record RevokedLists(List<X509CRL> all) {
    static final RevokedLists NONE = new RevokedLists(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(RevokedLists.class);

    RevokedLists {
        all = List.copyOf(all);
    }

    /**
     * Reads all of a text. Waits for files.
     *
     * @param path
     *            where it stands
     * @throws TlsFailure
     *             when there is none in it, or one that cannot be read
     */
    static RevokedLists read(DataSource source, String path) throws TlsFailure {
        var lists = new ArrayList<X509CRL>();
        for (Pem block : Pem.blocks(Secrets.text(source, path), path, Secrets.name(source))) {
            if (block.label().equals("X509 CRL")) {
                try {
                    var factory = CertificateFactory.getInstance("X.509");
                    lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.der())));
                } catch (GeneralSecurityException e) {
                    throw new TlsFailure(path, Secrets.name(source), "the list cannot be read: " + e.getMessage(),
                            "write the PEM again");
                }
            }
        }
        if (lists.isEmpty()) {
            throw new TlsFailure(path, Secrets.name(source), "there is no list of revoked certificates in it",
                    "write an X509 CRL in PEM there");
        }
        return new RevokedLists(lists);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * @param path
     *            from a certificate to one that is believed, that one included
     * @param onlyLeaf
     *            whether its issuers need not be looked for
     * @throws Refused
     *             when one is revoked, or nothing tells that it is not
     */
    void check(List<X509Certificate> path, boolean onlyLeaf) throws Refused {
        int last = onlyLeaf ? 1 : path.size() - 1;
        for (int i = 0; i < Math.max(1, last) && i < path.size(); i++) {
            X509Certificate each = path.get(i);
            X509Certificate issuer = path.get(Math.min(i + 1, path.size() - 1));
            X509CRL list = list(each, issuer);
            if (list == null) {
                throw new Refused(Why.CHAIN, "no list tells whether it is revoked, of " + each
                        .getIssuerX500Principal());
            }
            if (outOfDate(list, Instant.now())) {
                throw new Refused(Why.CHAIN, "the list of what " + each.getIssuerX500Principal()
                        + " has revoked is out of date since " + list.getNextUpdate().toInstant());
            }
            if (list.isRevoked(each)) {
                throw new Refused(Why.REVOKED, "it is revoked: number " + each.getSerialNumber().toString(16) + " of "
                        + each.getIssuerX500Principal());
            }
        }
    }

    /**
     * Whether they still say something of one that they have been asked about.
     *
     * @throws Refused
     *             when all of its issuer's are out of date
     */
    void still(X509Certificate leaf, Instant now) throws Refused {
        if (!all.isEmpty() && all.stream()
                .filter(list -> list.getIssuerX500Principal().equals(leaf.getIssuerX500Principal()))
                .allMatch(list -> outOfDate(list, now))) {
            throw new Refused(Why.CHAIN, "the list of what " + leaf.getIssuerX500Principal()
                    + " has revoked is out of date");
        }
    }

    private static boolean outOfDate(X509CRL list, Instant now) {
        return list.getNextUpdate() != null && list.getNextUpdate().toInstant().isBefore(now);
    }

    /** The newest of the issuer's. */
    private @Nullable X509CRL list(X509Certificate certificate, X509Certificate issuer) {
        X509CRL newest = null;
        for (X509CRL list : all) {
            if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
                    && (newest == null
                            || list.getThisUpdate().toInstant().isAfter(newest.getThisUpdate().toInstant()))) {
                try {
                    list.verify(issuer.getPublicKey());
                    newest = list;
                } catch (GeneralSecurityException e) {
                    LOG.debug("a list of revoked certificates is of another by the same name", e);
                }
            }
        }
        return newest;
    }

    /** Belongs to what a session was agreed on by. */
    void digest(MessageDigest digest) throws GeneralSecurityException {
        for (X509CRL list : all) {
            digest.update(list.getEncoded());
        }
    }
}
