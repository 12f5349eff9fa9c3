package dev.fanoutgateway.servlet;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;

/** Wants no answer. */
final class Ignoring implements Callback {
    @Override
    public void onFailure(Call call, IOException failure) {}

    @Override
    public void onResponse(Call call, Response response) {
        response.close();
    }
}
