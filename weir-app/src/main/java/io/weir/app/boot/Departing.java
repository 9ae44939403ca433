package io.weir.app.boot;

import io.weir.app.upgrade.Upgrade;

/** A running Weir as its upgrade sees it. */
record Departing(Running running) implements Upgrade.Leaver {
    @Override
    public int epoch() {
        return running.succession().epoch();
    }

    @Override
    public void leave() {
        running.leave();
    }

    @Override
    public long connections() {
        return running.listeners().connections();
    }

    @Override
    public boolean over(long millis) throws InterruptedException {
        return running.life().awaitEnd(millis);
    }
}
