package dev.fanoutgateway.okhttp;

import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/** Lets each call listen to itself, beside what the host's client listens with. */
final class ProgressListeners implements EventListener.Factory {
    private final EventListener.@Nullable Factory host;

    ProgressListeners(EventListener.@Nullable Factory host) {
        this.host = host;
    }

    @Override
    public EventListener create(Call call) {
        OkHttpCall own = call.request().tag(OkHttpCall.class);
        EventListener progress = own == null ? EventListener.NONE : own.progress();
        return host == null ? progress : host.create(call).plus(progress);
    }
}
