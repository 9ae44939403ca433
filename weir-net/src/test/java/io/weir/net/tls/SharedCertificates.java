package io.weir.net.tls;

import io.weir.testkit.Certificates;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An authority and its certificates, which all tests of a class share: to make one takes longer than most tests do. */
final class SharedCertificates implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Certificates made;

    @Override
    public void beforeAll(ExtensionContext context) {
        made = Certificates.make(); // not before: where there is no openssl the tests are skipped
    }

    Certificates all() {
        return Objects.requireNonNull(made);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (made != null) {
            made.close();
        }
    }
}
