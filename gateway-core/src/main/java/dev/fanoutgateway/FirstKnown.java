package dev.fanoutgateway;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.KeyCredential;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Several sources of keys, asked one after the other: the first that knows a key decides. */
record FirstKnown(List<KeyAuthenticator> sources) implements KeyAuthenticator {
    @Override
    public CompletionStage<Optional<Caller>> authenticate(KeyCredential credential) {
        CompletionStage<Optional<Caller>> answer = CompletableFuture.completedFuture(Optional.empty());
        for (KeyAuthenticator source : sources) {
            answer = answer.thenCompose(known ->
                    known.isPresent() ? CompletableFuture.completedFuture(known) : source.authenticate(credential));
        }
        return answer;
    }
}
