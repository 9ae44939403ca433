package io.weir.http.service;

import io.weir.core.cluster.Choice;
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
        Choice to = clusters.choose(question.cluster(), worker.random());
        if (to == null) {
            hearer.accept(new ServiceAnswer.Failed("there is no cluster " + question.cluster()));
            return () -> {
            };
        }
        var call = new UnaryCall(worker, to.cluster(), question, hearer);
        call.go(to.picker());
        return call::giveUp;
    }
}
