package io.weir.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** The origin's end of one connection, as a script sees it. Every send is one write, flushed. */
public final class OriginWire {
    private final Socket socket;
    private final InputStream in;
    private final MessageReader reader;

    OriginWire(Socket socket, InputStream in, MessageReader reader) {
        this.socket = socket;
        this.in = in;
        this.reader = reader;
    }

    /** Answers with this status and body, by Content-Length. */
    public void reply(int status, String body) throws IOException {
        byte[] bytes = Origin.latin1(body);
        send("HTTP/1.1 " + status + " Scripted\r\nContent-Length: " + bytes.length + "\r\n\r\n" + body);
    }

    /** Sends each character as one byte. */
    public void send(String text) throws IOException {
        send(Origin.latin1(text));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** One chunk of the chunked coding; an empty text is the last one, without trailers. */
    public void chunk(String text) throws IOException {
        send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** What the peer sends, for scripts of {@link Origin#streaming}. */
    public InputStream in() {
        return in;
    }

    /** The request with its body, for scripts of {@link Origin#streaming} that want it whole after all. */
    public HttpMessage whole(HttpMessage head) throws IOException {
        return reader.withBody(head, false);
    }

    /** Says that nothing more will be sent. */
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    public void close() throws IOException {
        socket.close();
    }

    /** Closes with a reset (RST). */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
