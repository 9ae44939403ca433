package io.weir.net.transport;

import io.weir.net.transport.ListenFailure.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file by which a UNIX domain socket is found, from the moment its path is taken until it is removed. What stands
 * at the path may meanwhile be somebody else's: only a file that is still our own is touched. Used by the conductor.
 */
final class SocketFile {
    private static final int PERMISSION_BITS = 9;

    private final UnixDomainSocketAddress address;
    /** The file system's name of our file; null while there is none. */
    private @Nullable Object key;
    /** What the process' umask made of it. */
    private Set<PosixFilePermission> usual = Set.of();

    SocketFile(UnixDomainSocketAddress address) {
        this.address = address;
    }

    static boolean isAbstract(Path path) {
        return path.toString().startsWith("@");
    }

    Path path() {
        return address.getPath();
    }

    /** Another name in the same folder, for a file that is not to be found yet. */
    Path aside() {
        return path().resolveSibling(path().getFileName() + "~");
    }

    /**
     * Removes what a process left behind that listened here and was killed. Everything else in the way is an error here
     * already, because Netty unlinks whatever it finds before it binds: another kind of file, a socket that somebody
     * listens on, and one of which nobody can tell whether somebody does.
     */
    void clear() throws ListenFailure {
        Path path = path();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new ListenFailure(address, Reason.NOT_A_SOCKET, new IOException("not a socket"));
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false); // where a queue is full, its owner may never take from it
            probe.connect(address);
            throw new ListenFailure(address, Reason.IN_USE, new IOException("somebody listens there"));
        } catch (ListenFailure e) {
            throw e;
        } catch (ConnectException refused) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new ListenFailure(address, Reason.NOT_PERMITTED, e);
            }
        } catch (IOException e) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) { // and did not vanish meanwhile
                boolean unasked = Reason.of(e) == Reason.NOT_PERMITTED;
                throw new ListenFailure(address, unasked ? Reason.NOT_PERMITTED : Reason.IN_USE, e);
            }
        }
    }

    private static boolean isSocket(Path path) {
        try {
            // S_IFMT and S_IFSOCK of sys/stat.h: java.nio.file has no name for a socket
            return ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000) == 0140000;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** A socket of ours has been bound here: its file is given its mode. */
    void bound(int unixMode) throws IOException {
        key = key(path());
        usual = Files.getPosixFilePermissions(path());
        permit(unixMode);
    }

    /** The socket of the process before is ours from now on, and its file: it is given its mode. */
    void handedOver(int unixMode) throws IOException {
        key = key(path());
        usual = Files.getPosixFilePermissions(path());
        permit(unixMode);
    }

    /** A socket of ours has been bound {@link #aside()}: its file is given its mode, and then its place. */
    void boundAside(int unixMode) throws IOException {
        usual = Files.getPosixFilePermissions(aside());
        Files.setPosixFilePermissions(aside(), permissions(unixMode));
        key = key(aside());
        Files.move(aside(), path(), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Gives it these permissions.
     *
     * @param unixMode
     *            nine bits, -1 for those of the process' umask
     */
    void permit(int unixMode) throws IOException {
        if (isOurs()) {
            Files.setPosixFilePermissions(path(), permissions(unixMode));
        }
    }

    private Set<PosixFilePermission> permissions(int unixMode) {
        if (unixMode < 0) {
            return usual;
        }
        Set<PosixFilePermission> granted = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < PERMISSION_BITS; i++) {
            if (((unixMode >> (PERMISSION_BITS - 1 - i)) & 1) != 0) {
                granted.add(all[i]);
            }
        }
        return granted;
    }

    /**
     * Removes it. To be done while the socket still listens: whoever wants the path then finds it taken until it is
     * gone, and nobody's file is removed but our own.
     */
    void remove() throws IOException {
        boolean ours = isOurs();
        key = null;
        if (ours) {
            Files.deleteIfExists(path());
        }
    }

    private boolean isOurs() {
        Object own = key;
        try {
            return own != null && own.equals(key(path()));
        } catch (IOException gone) {
            return false;
        }
    }

    /** Device and number, which no other file has as long as a socket is bound to it. */
    private static Object key(Path path) throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return Objects.requireNonNull(attributes.fileKey(), "a file system without numbers of files");
    }
}
