package io.weir.http.service;

import io.weir.core.balance.Picker;
import io.weir.core.cluster.Aggregate;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.net.service.Question;
import io.weir.net.service.ServiceAnswer;
import io.weir.net.service.ServiceCaller;
import io.weir.net.transport.Worker;
import java.util.function.Consumer;

/** Asks by unary calls of gRPC. Any worker. */
public final class GrpcCaller implements ServiceCaller {
    private final Clusters clusters;

    /**
     * @param clusters
     *            where a question's cluster is looked up, anew for each
     */
    public GrpcCaller(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public Runnable ask(Worker worker, Question question, Consumer<ServiceAnswer> hearer) {
        Cluster named = clusters.find(question.cluster());
        if (named == null) {
            hearer.accept(new ServiceAnswer.Failed("there is no cluster " + question.cluster()));
            return () -> {
            };
        }
        Aggregate among = named.aggregate();
        Aggregate.Choice choice = among == null ? null : among.choose(worker.random());
        Cluster cluster = choice == null ? named : choice.cluster();
        Picker bound = choice == null ? null : choice.picker();
        var call = new UnaryCall(worker, cluster, question, hearer);
        call.go(bound == null ? cluster.view().picker() : bound);
        return call::giveUp;
    }
}
