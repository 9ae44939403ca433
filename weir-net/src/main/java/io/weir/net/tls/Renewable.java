package io.weir.net.tls;

import io.weir.core.tls.NamedSecrets;
import java.util.Set;

/** Something that speaks TLS and can be told that its secrets have changed. */
public interface Renewable {
    /**
     * Reads all secrets anew and goes by them from the next handshake on; connections that are secured are not touched.
     * Waits for files; by one thread at a time.
     *
     * @throws TlsFailure
     *             for the first thing that is wrong; what it concerns stays as it was
     */
    void renew() throws TlsFailure;

    /**
     * The files that it was made of, and the directories that are to be watched in place of some; after a renewal that
     * failed those too that it would have been made of. Any thread.
     */
    Set<String> watched();

    /** The secrets that it has by name. Any thread. */
    Set<NamedSecrets.Ref> named();
}
