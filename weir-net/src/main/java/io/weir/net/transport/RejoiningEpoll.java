package io.weir.net.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty's epoll handler with one repair. When a channel is interested in nothing, because reading is paused and the
 * peer has sent its FIN, Netty 4.2.18 takes it out of the epoll set (since pull request 16689), but does not put it
 * back when it becomes interested again: epoll_ctl then fails with ENOENT, and the channel is closed with data unread
 * or unsent. Here it leaves by cancelling its registration and comes back by a new one. Remove this class when a Netty
 * without the fault is used; {@code HalfClosureTest} tells.
 */
final class RejoiningEpoll implements IoHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RejoiningEpoll.class);

    private final IoHandler epoll;
    /** Registrations that are out of the set; they must be closed with the loop all the same. */
    private final Set<Registration> out = new LinkedHashSet<>();

    private RejoiningEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new RejoiningEpoll(factory.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        for (Registration registration : new ArrayList<>(out)) {
            try {
                registration.handle.close();
            } catch (Exception e) { // what the interface declares
                LOG.debug("a channel could not be closed with its loop", e);
            }
        }
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(handle, epoll.register(handle));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** Used by the loop's thread, but for {@link #isValid}. */
    private final class Registration implements IoRegistration {
        private final IoHandle handle;
        private volatile IoRegistration inner;
        private volatile boolean away;
        private boolean joined;

        Registration(IoHandle handle, IoRegistration inner) {
            this.handle = handle;
            this.inner = inner;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as the interface has it
        public <T> T attachment() {
            return inner.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            boolean none = ops instanceof EpollIoOps interest && interest.value() == 0;
            if (none && joined) {
                joined = false;
                away = inner.cancel();
                if (away) {
                    out.add(this);
                }
                return 0;
            }
            if (!none && away) {
                rejoin();
            }
            joined |= !none;
            return inner.submit(ops);
        }

        private void rejoin() {
            try {
                inner = epoll.register(handle);
            } catch (Exception e) { // what the interface declares
                throw new IllegalStateException("a channel cannot be put back into the epoll set", e);
            }
            away = false;
            out.remove(this);
        }

        @Override
        public boolean isValid() {
            return away || inner.isValid();
        }

        @Override
        public boolean cancel() {
            if (away) {
                away = false;
                out.remove(this);
                return true;
            }
            return inner.cancel();
        }
    }
}
