package io.weir.filters.compression;

import io.netty.buffer.ByteBuf;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The gzip coding (RFC 1952), several members too, by the JDK's zlib. */
public record Gunzip(int ratioMax) implements Decompression {
    private static final WorkerSlot<ArrayDeque<Inflater>> FREE = WorkerSlot.of(_ -> new ArrayDeque<>());

    @Override
    public String encoding() {
        return "gzip";
    }

    @Override
    public String statName() {
        return "gzip";
    }

    @Override
    public Decompressing open() {
        var free = Worker.current().slot(FREE);
        var inflater = free.pollLast();
        return new Body(inflater == null ? new Inflater(true) : inflater, free);
    }

    /** Where in a member the body stands. */
    private enum Part {
        HEADER, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_CRC, DATA, TRAILER
    }

    private static final class Body implements Decompressing {
        private static final int HEADER_BYTES = 10;
        private static final int TRAILER_BYTES = 8;
        private static final int FLAG_HEADER_CRC = 2;
        private static final int FLAG_EXTRA = 4;
        private static final int FLAG_NAME = 8;
        private static final int FLAG_COMMENT = 16;
        private static final int FLAGS_UNKNOWN = 0xe0;

        private final Inflater inflater;
        private final ArrayDeque<Inflater> free;
        private final CRC32 crc = new CRC32();
        private final byte[] few = new byte[HEADER_BYTES];
        private int have;
        private int flags;
        private int size;
        private int skip;
        private Part part = Part.HEADER;

        Body(Inflater inflater, ArrayDeque<Inflater> free) {
            this.inflater = inflater;
            this.free = free;
        }

        @Override
        public boolean read(ByteBuf in, ByteBuf out) throws BadCoding {
            while (true) {
                switch (part) {
                    case DATA -> {
                        if (!inflate(in, out)) {
                            return !out.isWritable();
                        }
                    }
                    case TRAILER -> {
                        if (!few(in, TRAILER_BYTES)) {
                            return false;
                        }
                        trailer();
                    }
                    case HEADER, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_CRC -> {
                        if (!header(in)) {
                            return false;
                        }
                    }
                }
            }
        }

        /** Gathers so many bytes; false when more must come first. */
        private boolean few(ByteBuf in, int wanted) {
            int now = Math.min(in.readableBytes(), wanted - have);
            in.readBytes(few, have, now);
            have += now;
            if (have < wanted) {
                return false;
            }
            have = 0;
            return true;
        }

        private int number(int at, int bytes) {
            int value = 0;
            for (int i = bytes - 1; i >= 0; i--) {
                value = value << 8 | few[at + i] & 0xff;
            }
            return value;
        }

        /** One part of a member's header; false when more must come first. */
        private boolean header(ByteBuf in) throws BadCoding {
            boolean there = switch (part) {
                case HEADER -> few(in, HEADER_BYTES);
                case EXTRA_LENGTH, HEADER_CRC -> few(in, 2);
                case EXTRA -> skipped(in);
                case NAME, COMMENT -> named(in);
                case DATA, TRAILER -> true;
            };
            if (!there) {
                return false;
            }
            switch (part) {
                case HEADER -> {
                    flags = few[3];
                    if (few[0] != 0x1f || few[1] != (byte) 0x8b || few[2] != 8 || (flags & FLAGS_UNKNOWN) != 0) {
                        throw new BadCoding("not gzip");
                    }
                    part = Part.EXTRA_LENGTH;
                }
                case EXTRA_LENGTH -> {
                    skip = number(0, 2);
                    part = Part.EXTRA;
                }
                case EXTRA -> part = Part.NAME;
                case NAME -> part = Part.COMMENT;
                case COMMENT -> part = Part.HEADER_CRC;
                case HEADER_CRC -> part = Part.DATA;
                case DATA, TRAILER -> {
                    // no header
                }
            }
            absent();
            return true;
        }

        /** Parts that the flags do not announce are not there. */
        private void absent() {
            if (part == Part.EXTRA_LENGTH && (flags & FLAG_EXTRA) == 0) {
                part = Part.NAME;
            }
            if (part == Part.NAME && (flags & FLAG_NAME) == 0) {
                part = Part.COMMENT;
            }
            if (part == Part.COMMENT && (flags & FLAG_COMMENT) == 0) {
                part = Part.HEADER_CRC;
            }
            if (part == Part.HEADER_CRC && (flags & FLAG_HEADER_CRC) == 0) {
                part = Part.DATA;
            }
        }

        private boolean skipped(ByteBuf in) {
            int now = Math.min(skip, in.readableBytes());
            in.skipBytes(now);
            skip -= now;
            return skip == 0;
        }

        private static boolean named(ByteBuf in) {
            while (in.isReadable()) {
                if (in.readByte() == 0) {
                    return true;
                }
            }
            return false;
        }

        /** Whether the member's data is at its end. */
        private boolean inflate(ByteBuf in, ByteBuf out) throws BadCoding {
            var bytes = in.nioBuffer();
            inflater.setInput(bytes);
            var room = out.nioBuffer(out.writerIndex(), out.writableBytes());
            var start = room.duplicate();
            try {
                int written = inflater.inflate(room);
                crc.update(start.limit(start.position() + written));
                size += written;
                out.writerIndex(out.writerIndex() + written);
            } catch (DataFormatException e) {
                throw new BadCoding("bad deflate data");
            }
            in.skipBytes(in.readableBytes() - inflater.getRemaining());
            if (inflater.needsDictionary()) {
                throw new BadCoding("a dictionary in gzip");
            }
            if (inflater.finished()) {
                part = Part.TRAILER;
                return true;
            }
            return false;
        }

        private void trailer() throws BadCoding {
            if (number(0, 4) != (int) crc.getValue() || number(4, 4) != size) {
                throw new BadCoding("wrong check sum");
            }
            crc.reset();
            size = 0;
            inflater.reset();
            part = Part.HEADER;
        }

        @Override
        public boolean complete() {
            return part == Part.HEADER && have == 0;
        }

        @Override
        public void end() {
            if (free.size() < Gzip.KEPT_MAX) {
                inflater.reset();
                free.addLast(inflater);
            } else {
                inflater.end();
            }
        }
    }
}
