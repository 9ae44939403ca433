package io.weir.app.boot;

import io.weir.app.upgrade.Upgrade;

/** A running Weir as its upgrade sees it. */
record Departing(Running running) implements Upgrade.Leaver {
    @Override
    public int epoch() {
        return running.succession().epoch();
    }

    @Override
    public void settle() {
        running.conductor().call(() -> 0);
    }

    @Override
    public void stay() {
        running.reloadIfAsked();
    }

    @Override
    public void leave() {
        running.departure().succeeded();
        running.conductor().call(() -> { // after what the departure has put in line before
            running.closeAdmin();
            return 0;
        });
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
