package dev.fanoutgateway.discovery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;

/** One name server, asked once. Where it says that it cannot or will not answer, that is a failure, and the next is asked. */
final class DnsServerOnce extends SimpleResolver {
    DnsServerOnce(InetSocketAddress address) {
        super(address);
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return super.sendAsync(query, executor).thenCompose(answer -> {
            int code = answer.getRcode();
            return code == Rcode.NOERROR || code == Rcode.NXDOMAIN
                    ? CompletableFuture.completedFuture(answer)
                    : CompletableFuture.failedFuture(new Unwilling(Rcode.string(code)));
        });
    }

    /** What a name server says in place of an answer, such as {@code SERVFAIL}. */
    static final class Unwilling extends IOException {
        private static final long serialVersionUID = 1;

        Unwilling(String code) {
            super(code);
        }
    }
}
