package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt came to, judged.
 *
 * @param worth what it is worth to the race
 * @param unlessGiven what becomes of the attempt if its answer is not given to the caller
 * @param response the answer, if there is one
 * @param sent whether any byte of the request may have reached the backend
 * @param detail why the answer is not acceptable, or missing
 */
record Finding(Verdict worth, Result unlessGiven, @Nullable GatewayResponse response, boolean sent, String detail) {

    /** Judges a reply. Calls the acceptor: no lock may be held. */
    static Finding of(Reply reply, Fanout.Plan plan, Consumer<Throwable> acceptorFailures) {
        GatewayResponse response = reply.response();
        if (response != null) {
            return judged(response, plan, acceptorFailures);
        }
        Failure failure = reply.failure();
        return failure == null
                ? failed(Result.BROKEN, reply.requestSent(), "client gave neither a response nor a failure")
                : failed(resultOf(failure), reply.requestSent(), reply.detail());
    }

    /** The client itself failed. */
    static Finding clientFailed(@Nullable Throwable cause, boolean sent) {
        return failed(
                Result.BROKEN,
                sent,
                "client failed: " + (cause == null ? "null" : cause.getClass().getName()));
    }

    /** It has brought an answer that lasts, and such have all their places at its backend. That says nothing of the backend. */
    static Finding noRoom() {
        return failed(Result.UNREACHABLE, true, AttemptOutcome.NO_ROOM);
    }

    static Finding failed(Result result, boolean sent, String detail) {
        return new Finding(Verdict.RETRYABLE, result, null, sent, detail);
    }

    private static Finding judged(GatewayResponse response, Fanout.Plan plan, Consumer<Throwable> acceptorFailures) {
        Verdict verdict;
        String unfit;
        try {
            verdict = plan.acceptor().judge(plan.request(), response);
            if (verdict == null) {
                throw new NullPointerException("the acceptor returned null");
            }
            unfit = verdict == Verdict.ACCEPTED ? plan.strategy().unfit(plan.request(), response) : null;
        } catch (Throwable failure) {
            acceptorFailures.accept(failure);
            String detail = "acceptor failed: " + failure.getClass().getName();
            return new Finding(Verdict.RETRYABLE, Result.REJECTED, response, true, detail);
        }
        if (unfit != null) {
            return new Finding(Verdict.RETRYABLE, Result.REJECTED, response, true, unfit);
        }
        return switch (verdict) {
            case ACCEPTED -> new Finding(verdict, Result.LOST, response, true, "another answer was given");
            case ABSENT -> new Finding(verdict, Result.ABSENT, response, true, "no such resource");
            case RETRYABLE, FINAL -> new Finding(verdict, Result.REJECTED, response, true, "not acceptable");
        };
    }

    private static Result resultOf(Failure failure) {
        return switch (failure) {
            case UNREACHABLE -> Result.UNREACHABLE;
            case TIMED_OUT -> Result.TIMED_OUT;
            case TOO_LARGE -> Result.REJECTED;
            case BROKEN, CANCELLED -> Result.BROKEN; // cancelled, and not by the race: the client was closed
        };
    }
}
