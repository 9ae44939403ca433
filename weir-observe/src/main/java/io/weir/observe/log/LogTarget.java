package io.weir.observe.log;

import io.weir.core.model.AccessLogSpec.Sink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that lines are appended to, or a standard stream. One thread after opening. */
final class LogTarget {
    private final Sink sink;
    private FileChannel channel;

    private LogTarget(Sink sink, FileChannel channel) {
        this.sink = sink;
        this.channel = channel;
    }

    static LogTarget open(Sink sink) throws IOException {
        return new LogTarget(sink, channel(sink));
    }

    private static FileChannel channel(Sink sink) throws IOException {
        return switch (sink) {
            case Sink.File(String path) -> FileChannel.open(Path.of(path), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            case Sink.Stdout() -> standard(FileDescriptor.out);
            case Sink.Stderr() -> standard(FileDescriptor.err);
        };
    }

    @SuppressWarnings("resource") // the stream is the process's, not ours to close
    private static FileChannel standard(FileDescriptor descriptor) {
        return new FileOutputStream(descriptor).getChannel();
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void reopen() throws IOException {
        if (sink instanceof Sink.File) {
            FileChannel fresh = channel(sink);
            FileChannel old = channel;
            channel = fresh;
            old.close();
        }
    }

    void close() {
        if (sink instanceof Sink.File) {
            try {
                channel.close();
            } catch (IOException e) {
                // every line was written or counted as failed; closing can add nothing to that
                return;
            }
        }
    }

    /** What a person can do something with. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such directory; create it or name another path";
            case AccessDeniedException denied -> "permission denied; let the user of this process write there";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
