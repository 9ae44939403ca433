package io.weir.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One client connection on which a test sends any bytes whatever and sees exactly what comes back. Blocking; a read
 * that takes longer than the patience (20 s until told otherwise) fails with {@link SocketTimeoutException}. One thread
 * may send while another reads.
 */
public final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final MessageReader reader;

    private RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        this.reader = new MessageReader(in);
    }

    /** Connects to 127.0.0.1. */
    public static RawHttp connect(int port) throws IOException {
        return connect(Ports.loopback(port), 0);
    }

    /**
     * Connects.
     *
     * @param receiveBufferBytes
     *            the socket's receive buffer, small for a slow reader; 0 = the system's
     */
    public static RawHttp connect(InetSocketAddress address, int receiveBufferBytes) throws IOException {
        Socket socket = new Socket();
        try {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(address, PATIENCE_MILLIS);
            return new RawHttp(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** One exchange on a connection of its own: sends the text, returns everything until the peer closes. */
    public static String exchange(int port, String text) throws IOException {
        try (RawHttp client = connect(port)) {
            return client.send(text).untilClose();
        }
    }

    /** How long a read may take. */
    public RawHttp patience(Duration patience) throws IOException {
        socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
        return this;
    }

    /** Sends each character as one byte (ISO 8859-1), in one write. */
    public RawHttp send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawHttp send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends in writes of this many bytes each, Nagle's algorithm off, so that most arrive in reads of their own. */
    public RawHttp sendInPieces(String text, int pieceBytes) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            socket.getOutputStream().write(bytes, at, Math.min(pieceBytes, bytes.length - at));
        }
        return this;
    }

    /** The next response, to a request that was neither HEAD nor CONNECT; 1xx responses are returned as any other. */
    public HttpMessage response() throws IOException {
        return reader.response("GET");
    }

    /** The next response to a request of this method. */
    public HttpMessage responseTo(String method) throws IOException {
        return reader.response(method);
    }

    /** Everything until the peer closes or resets the connection. */
    public String untilClose() throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                text.append((char) octet);
            }
        } catch (SocketTimeoutException e) {
            throw new SocketTimeoutException("not closed; so far: " + text);
        } catch (SocketException reset) {
            return text.toString();
        }
        return text.toString();
    }

    /** The next bytes, as many as asked for unless the peer closes before. */
    public byte[] read(int bytes) throws IOException {
        return in.readNBytes(bytes);
    }

    /** Whether nothing arrives within the wait and the connection stays open. */
    public boolean silentFor(Duration wait) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout(Math.toIntExact(Math.max(1, wait.toMillis())));
        try {
            in.mark(1);
            int octet = in.read();
            if (octet >= 0) {
                in.reset();
            }
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (SocketException reset) {
            return false;
        } finally {
            socket.setSoTimeout(before);
        }
    }

    /** Whether the peer closes within the patience, with nothing more said. A reset counts as closed. */
    public boolean closedByPeer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Says that nothing more will be sent (half-close); reading goes on. */
    public RawHttp finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes with a reset (RST), as a client that died does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
