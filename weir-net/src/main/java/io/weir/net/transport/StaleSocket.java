package io.weir.net.transport;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The file that a process left behind which listened on a UNIX domain socket and was killed. */
final class StaleSocket {
    private StaleSocket() {}

    static boolean isAbstract(Path path) {
        return path.toString().startsWith("@");
    }

    /**
     * Removes the file if it is a socket that nobody listens on. Any other file is an error here already, because Netty
     * unlinks whatever is in its way before it binds.
     */
    static void remove(UnixDomainSocketAddress address) throws ListenFailure {
        Path path = address.getPath();
        if (isAbstract(path) || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new ListenFailure(address, ListenFailure.Reason.NOT_A_SOCKET, new IOException("not a socket"));
        }
        try (SocketChannel channel = SocketChannel.open(address)) {
            throw new ListenFailure(address, ListenFailure.Reason.IN_USE,
                    new IOException("somebody answers at " + channel.getRemoteAddress()));
        } catch (ListenFailure e) {
            throw e;
        } catch (IOException refused) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new ListenFailure(address, ListenFailure.Reason.NOT_PERMITTED, e);
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
}
