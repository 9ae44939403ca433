package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.FieldReject;
import io.weir.http.codec.FieldSection;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import io.weir.http.hpack.BlockError;
import io.weir.http.hpack.FieldSink;
import io.weir.http.hpack.HpackDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Header blocks of one HTTP/2 connection to heads and back (RFC 9113 sections 4.3 and 8, RFC 7541): the two compression
 * contexts, and every rule about fields. A head that was read looks as one that came by HTTP/1: method, path, authority
 * and status are spans, {@code :authority} is a {@code host} line, crumbs of {@code cookie} are one line.
 *
 * <p>
 * Blocks have to be read in the order in which they came, all of them, those of refused and closed streams too
 * ({@link #skip}); the blocks that are written have to be sent in the order in which they were written. After
 * {@link Verdict#MALFORMED} and {@link Verdict#TOO_LARGE} the block has been decoded to its end, so that the connection
 * can go on; after {@link Verdict#COMPRESSION_ERROR} nothing can be read any more.
 *
 * <p>
 * One per connection, for both directions; belongs to its worker.
 */
public final class Http2Heads {
    /** What became of a block. */
    public enum Verdict {
        /** The head is complete. */
        COMPLETE,
        /** The message is malformed (RFC 9113 section 8.1.1): a stream error of type PROTOCOL_ERROR. */
        MALFORMED,
        /** More bytes, by the formula of RFC 9113 section 6.5.2, or more fields than the limits: 431 for a request. */
        TOO_LARGE,
        /** The block can't be decoded (RFC 9113 section 4.3): a connection error of type COMPRESSION_ERROR. */
        COMPRESSION_ERROR
    }

    private final HeadLimits limits;
    private final FieldSection section;
    private final FieldSink sink;
    private final HpackDecoder decoder = new HpackDecoder();
    private final HeadWriter writer = new HeadWriter();
    private String details = "";
    private int status;

    /**
     * @param limits
     *            for each head and each trailer section; {@code bytesMax} is what SETTINGS_MAX_HEADER_LIST_SIZE says
     */
    public Http2Heads(HeadLimits limits) {
        this.limits = limits;
        this.section = new FieldSection(limits);
        this.sink = section::field;
    }

    /** The value of SETTINGS_MAX_HEADER_LIST_SIZE, in bytes. */
    public int listBytesMax() {
        return limits.bytesMax();
    }

    /**
     * Reads a request's head from a whole block (HEADERS and its CONTINUATIONs joined, no padding, no priority), from
     * the reader index to the end. The head is cleared first. It is of no use unless the verdict is
     * {@link Verdict#COMPLETE}; then method, path, scheme, protocol (RFC 8441), authority, expectation and framing are
     * set:
     * <ul>
     * <li>NONE with {@code endStream} and without content-length, and for every CONNECT, which a tunnel follows;
     * <li>LENGTH with a content-length; who reads DATA has to see that it adds up to that (RFC 9113 section 8.1.1).
     * More than 0 with {@code endStream} is malformed;
     * <li>CHUNKED otherwise: DATA follows, nobody knows how much.
     * </ul>
     *
     * @param endStream
     *            whether HEADERS had END_STREAM
     */
    public Verdict readRequest(ByteBuf block, boolean endStream, HttpHead into) {
        section.begin(FieldSection.Kind.REQUEST, into);
        var error = decoder.decode(block, sink);
        return error != null ? corrupt(error) : verdict(section.finishRequest(endStream));
    }

    /**
     * Reads a response's head, as {@link #readRequest} does; interim ones too (status 100 and 102 to 199), whose
     * framing is NONE and which can't have {@code endStream}.
     *
     * @param toHead
     *            whether the request was HEAD: then there is no body, whatever content-length says
     * @param toConnect
     *            whether the request was CONNECT: then a tunnel follows a 2xx, whose framing is NONE
     */
    public Verdict readResponse(ByteBuf block, boolean endStream, boolean toHead, boolean toConnect, HttpHead into) {
        section.begin(FieldSection.Kind.RESPONSE, into);
        var error = decoder.decode(block, sink);
        return error != null ? corrupt(error) : verdict(section.finishResponse(endStream, toHead, toConnect));
    }

    /**
     * Reads a trailer section, whose HEADERS has to have END_STREAM (RFC 9113 section 8.1: the caller checks that).
     * Fields that have no place in one are left out.
     */
    public Verdict readTrailers(ByteBuf block, HttpHead into) {
        section.begin(FieldSection.Kind.TRAILERS, into);
        var error = decoder.decode(block, sink);
        return error != null ? corrupt(error) : verdict(section.reject());
    }

    /**
     * Decodes a block that nobody wants, of a stream that is refused or closed already.
     *
     * @return COMPLETE or COMPRESSION_ERROR
     */
    public Verdict skip(ByteBuf block) {
        section.begin(FieldSection.Kind.TRAILERS, null);
        var error = decoder.decode(block, sink);
        return error != null ? corrupt(error) : Verdict.COMPLETE;
    }

    private Verdict corrupt(BlockError error) {
        details = error.details();
        status = 400;
        return Verdict.COMPRESSION_ERROR;
    }

    private Verdict verdict(@Nullable FieldReject reject) {
        if (reject == null) {
            return Verdict.COMPLETE;
        }
        details = reject.details();
        status = reject.status();
        boolean large = reject == FieldReject.LIST_TOO_LARGE || reject == FieldReject.TOO_MANY_FIELDS;
        return large ? Verdict.TOO_LARGE : Verdict.MALFORMED;
    }

    /** Why the last block was not complete, one word in the style of Envoy's response code details. */
    public String details() {
        return details;
    }

    /** The status that answers a request which was refused for {@link #details()}: 400, 417, 431 or 501. */
    public int status() {
        return status;
    }

    /**
     * Appends the block of a request's head. {@code :authority} is the head's authority and {@code :path} its path; the
     * framing decides about content-length; lines for one hop alone are left out, names go out in lower case. For
     * CONNECT {@code :scheme} and {@code :path} are left out unless the head has a protocol (RFC 8441).
     *
     * @param scheme
     *            http or https, where the head has none
     */
    public void writeRequest(HttpHead head, String scheme, ByteBuf out) {
        writer.request(head, scheme, out);
    }

    /** Appends the block of a response's head, interim ones too. */
    public void writeResponse(HttpHead head, ByteBuf out) {
        writer.response(head, out);
    }

    /** Appends the block of a trailer section. */
    public void writeTrailers(HttpHead trailers, ByteBuf out) {
        writer.trailers(trailers, out);
    }

    /** The peer's SETTINGS_HEADER_TABLE_SIZE, in bytes: how much table it keeps for what is written. 4,096 before. */
    public void peerTableMax(int bytes) {
        writer.tableMax(bytes);
    }

    /**
     * Our SETTINGS_HEADER_TABLE_SIZE, in bytes: to be called once the peer has acknowledged it (RFC 9113 section
     * 6.5.3). 4,096 before.
     */
    public void ownTableMax(int bytes) {
        decoder.tableMax(bytes);
    }

    /** Whether requests may have {@code :protocol}, as our SETTINGS_ENABLE_CONNECT_PROTOCOL says. Not before. */
    public void extendedConnect(boolean allowed) {
        section.extendedConnect(allowed);
    }
}
