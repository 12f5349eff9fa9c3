package dev.fanoutgateway;

import java.util.concurrent.Executor;

/** A calling thread that does not wait. */
record Passing(Executor next, Executor first) implements CallingThread {
    @Override
    public void forwarding() {}
}
