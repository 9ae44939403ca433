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
        keys.forEach(key -> files.add(key, null));
        for (NamedSecrets.Ref ref : common.named().all()) {
            files.add(new DataSource.File(ref.file(), ref.watched()), null);
        }
        return Set.copyOf(files.paths);
    }

    private void add(@Nullable DataSource source, @Nullable String together) {
        if (source instanceof DataSource.File(String path, String own)) {
            String watched = own == null ? together : own;
            paths.add(watched == null ? path : watched);
        }
    }
}
