package io.weir.net.tls;

import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ValidationSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files, and which directories in their place, tell by changing that a context is to be made anew. A directory
 * stands for files that change together, by one renaming in it.
 */
final class WatchedFiles {
    private final Set<String> paths = new HashSet<>();

    private WatchedFiles() {}

    /**
     * Of this context, as it has been filled in, and of these keys.
     */
    static Set<String> of(CommonTls common, List<DataSource> keys) {
        var files = new WatchedFiles();
        for (CertificateSpec each : common.certificates()) {
            files.add(each.chain(), each.watched());
            files.add(each.key(), each.watched());
            files.add(each.password(), each.watched());
            files.add(each.pkcs12(), each.watched());
            files.add(each.staple(), each.watched());
        }
        ValidationSpec validation = common.validation();
        files.add(validation.trustedCa(), validation.watched());
        files.add(validation.crl(), validation.watched());
        files.add(validation.trustBundles(), validation.watched());
        validation.trustDomains().forEach(each -> files.add(each.bundle(), validation.watched()));
        keys.forEach(key -> files.add(key, null));
        for (NamedSecrets.Ref ref : common.named().all()) {
            files.add(new DataSource.File(ref.file(), ref.watched()), null);
        }
        return Set.copyOf(files.paths);
    }

    /** Those of what a renewal has failed with: when they change it may succeed. */
    static Set<String> tried(CommonTls named, SecretSource secrets) {
        try {
            NamedSecrets.Ref keys = named.named().ticketKeys();
            return of(secrets.filled(named), keys == null ? List.of() : secrets.ticketKeys(keys));
        } catch (TlsFailure e) {
            return Set.of(); // the file of secrets itself is at fault, and watched in any case
        }
    }

    /** All of these. */
    static Set<String> both(Set<String> some, Set<String> more) {
        var all = new HashSet<>(some);
        all.addAll(more);
        return Set.copyOf(all);
    }

    private void add(@Nullable DataSource source, @Nullable String together) {
        if (source instanceof DataSource.File(String path, String own)) {
            String watched = own == null ? together : own;
            paths.add(watched == null ? path : watched);
        }
    }
}
