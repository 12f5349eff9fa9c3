package dev.fanoutgateway.jwt;

import dev.fanoutgateway.jwt.Keyring.Trust;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import dev.fanoutgateway.spi.StoreUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Callers by JSON Web Tokens; see {@link JwtRules}. Needs {@code com.nimbusds:nimbus-jose-jwt} on the class path. Safe for use
 * by any thread.
 *
 * <p>Never fetches keys on the thread that asks. A token that names an unknown key, and is good otherwise, may have them
 * fetched again and waits for that, half a second at most; every other token is judged at once.
 */
public final class JwtAuthenticator implements KeyAuthenticator, AutoCloseable {
    private static final long MOST_PATIENCE_NANOS = 500_000_000;

    private final JwtRules rules;
    private final ClaimRules claims;
    private final Keyring keyring;
    private final GatewayClock clock;

    private JwtAuthenticator(JwtRules rules, ClaimRules claims, Keyring keyring, GatewayClock clock) {
        this.rules = rules;
        this.claims = claims;
        this.keyring = keyring;
        this.clock = clock;
    }

    /** Fetches a document. */
    @FunctionalInterface
    public interface Download {
        /**
         * The content at {@code url}; blocks. Follows no redirect.
         *
         * @param timeoutNanos for all of it
         * @param mostBytes more than that is a failure
         * @throws IOException if there is none, with status 200, in time and of that size; its message may be shown
         */
        byte[] get(URI url, long timeoutNanos, int mostBytes) throws IOException;
    }

    /**
     * Reads the keys and looks for others from then on: those in a file at once, those at a URL soon, on the clock's threads.
     *
     * @param knownPlans the plans that tokens may name; empty if any will do
     * @param patienceNanos how long this may take to answer; of which it uses half
     * @param messages told what becomes of the keys; called on the clock's threads
     * @throws IllegalArgumentException if a file cannot be read or has no keys
     * @throws IllegalStateException if the library is not on the class path
     */
    public static JwtAuthenticator open(
            JwtRules rules,
            Set<String> knownPlans,
            Download download,
            long patienceNanos,
            GatewayClock clock,
            Consumer<DevMessage> messages) {
        try {
            KeySet.requireLibrary();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "expected com.nimbusds:nimbus-jose-jwt on the class path, which JSON Web Tokens need", e);
        }
        Keyring keyring = new Keyring(
                rules,
                KeyDocument.of(rules, download),
                clock,
                messages,
                Math.min(MOST_PATIENCE_NANOS, patienceNanos / 2));
        if (rules.file != null) {
            keyring.open();
        } else {
            keyring.openLater();
        }
        return new JwtAuthenticator(rules, new ClaimRules(rules, knownPlans), keyring, clock);
    }

    /** Fails if there has never been a key, so that nobody can tell whether a token is good. */
    @Override
    public CompletionStage<Optional<Caller>> authenticate(KeyCredential credential) {
        if (credential.source() != Source.BEARER || !PresentedToken.resembles(credential.secret())) {
            return nobody();
        }
        byte[] sha256 = credential.sha256();
        long now = clock.currentTimeMillis();
        Trust trust = keyring.trust();
        Verified before = trust == null ? null : trust.verified().find(sha256, now);
        if (before != null) {
            return CompletableFuture.completedFuture(before.caller());
        }
        PresentedToken token = PresentedToken.read(credential.secret(), rules);
        Verified claimed = token == null ? null : claims.judge(token.claims, now);
        if (token == null || claimed == null) {
            return nobody();
        }
        if (trust == null || !trust.keys().names(token)) {
            return afterLook(token, claimed, sha256);
        }
        return CompletableFuture.completedFuture(judged(trust, token, claimed, sha256));
    }

    private CompletionStage<Optional<Caller>> afterLook(PresentedToken token, Verified claimed, byte[] sha256) {
        CompletableFuture<Boolean> look = keyring.lookAgain();
        if (look == null) {
            return keyring.trust() == null ? noKeysYet() : nobody();
        }
        return look.thenCompose(over -> {
            Trust trust = keyring.trust();
            return trust == null
                    ? noKeysYet()
                    : CompletableFuture.completedFuture(judged(trust, token, claimed, sha256));
        });
    }

    private static Optional<Caller> judged(Trust trust, PresentedToken token, Verified claimed, byte[] sha256) {
        for (SetKey key : trust.keys().candidates(token)) {
            if (key.hasSigned(token)) {
                trust.verified().add(sha256, claimed);
                return claimed.caller();
            }
        }
        return Optional.empty();
    }

    private static CompletionStage<Optional<Caller>> nobody() {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    private CompletionStage<Optional<Caller>> noKeysYet() {
        return CompletableFuture.failedFuture(
                new StoreUnavailableException("the key set at " + rules.source(), "there are no keys yet"));
    }

    /** Looks for keys no more. Those read last stay in force. */
    @Override
    public void close() {
        keyring.close();
    }

    @Override
    public String toString() {
        return "JwtAuthenticator[" + rules + ']';
    }
}
