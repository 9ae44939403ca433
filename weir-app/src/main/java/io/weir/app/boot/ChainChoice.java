package io.weir.app.boot;

import io.netty.channel.Channel;
import io.weir.core.chain.ChainFinder;
import io.weir.core.stats.Counter;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;

/** Gives each connection to the filter chain that it belongs to. Any worker. */
final class ChainChoice implements Acceptor {
    private final ChainFinder<Tenure> table;
    private final Counter unmatched;

    /**
     * @param unmatched
     *            counts connections that belong to no chain, and are closed
     */
    ChainChoice(ChainFinder<Tenure> table, Counter unmatched) {
        this.table = table;
        this.unmatched = unmatched;
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        Tenure chain = table.find(Greeting.traits(channel));
        if (chain == null) {
            unmatched.increment();
            ConnectionLog.flag(channel, ResponseFlag.NR);
            channel.close();
            return;
        }
        worker.settings(channel, chain.service().settings());
        chain.accepted(worker, channel);
    }
}
