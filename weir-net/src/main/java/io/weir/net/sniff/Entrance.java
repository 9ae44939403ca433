package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections on their way to who serves them: being looked at, or being secured. Who serves them does not know them
 * yet, so whoever wants all connections closed closes these too. Each worker keeps its own; any thread may ask.
 */
public final class Entrance {
    private final List<Worker> workers;
    private final List<Set<Channel>> inside;

    public Entrance(Workers workers) {
        this.workers = workers.all();
        this.inside = new ArrayList<>();
        this.workers.forEach(_ -> inside.add(new HashSet<>()));
    }

    /** Connections are on their way from here on. */
    public Acceptor in(Acceptor door) {
        return new Acceptor() {
            @Override
            public void accepted(Worker worker, Channel channel) {
                Set<Channel> own = inside.get(worker.index());
                own.add(channel);
                door.accepted(worker, channel);
                if (own.contains(channel)) { // most looks are over by now
                    channel.closeFuture().addListener(_ -> own.remove(channel));
                }
            }

            @Override
            public void acceptFailed(Worker worker, Throwable cause) {
                door.acceptFailed(worker, cause);
            }
        };
    }

    /** Here they have arrived. */
    public Acceptor out(Acceptor server) {
        return new Acceptor() {
            @Override
            public void accepted(Worker worker, Channel channel) {
                inside.get(worker.index()).remove(channel);
                server.accepted(worker, channel);
            }

            @Override
            public void acceptFailed(Worker worker, Throwable cause) {
                server.acceptFailed(worker, cause);
            }
        };
    }

    /** Closes all that are on their way. */
    public void closeAll() {
        for (Worker worker : workers) {
            worker.loop().execute(() -> List.copyOf(inside.get(worker.index())).forEach(Channel::close));
        }
    }
}
