package io.weir.net.check;

import io.weir.core.health.CheckTarget;
import io.weir.core.rule.CheckProtocol;

/** A protocol that hosts can be checked in. Immutable; any thread. */
public interface Dialect extends CheckProtocol {
    /** What is said to this host; for one check after the other, all on one worker. */
    Dialogue dialogue(CheckTarget target);
}
