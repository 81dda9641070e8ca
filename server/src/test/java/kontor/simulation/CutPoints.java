package kontor.simulation;

import java.util.Set;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Puts the places to die into a server: around its transactions, and around statements that are committed on their own. */
public record CutPoints(Cuts cuts) implements BeanPostProcessor {
    private static final Set<String> STORES = Set.of(
            "inboundEventStore",
            "inboundEventArchive",
            "operationStore",
            "paymentMoveStore",
            "paymentStore",
            "settlementStore",
            "workItemStore");
    private static final Set<String> WRITES = Set.of(
            "write",
            "done",
            "takeDue",
            "finishAnswered",
            "putOffOverdue",
            "settle",
            "putBack",
            "countConflict",
            "refundCameBack",
            "holdGone",
            "open",
            "settled",
            "openForSilence",
            "closeSettled",
            "closeGivenBack");

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof PlatformTransactionManager transactions) return new CutTransactions(transactions, cuts);
        if (!STORES.contains(name)) return bean;
        var proxy = new ProxyFactory(bean);
        proxy.setProxyTargetClass(true);
        proxy.addAdvice((org.aopalliance.intercept.MethodInterceptor) call -> {
            if (!WRITES.contains(call.getMethod().getName())
                    || TransactionSynchronizationManager.isActualTransactionActive()) return call.proceed();
            cuts.at("before " + call.getMethod().getName());
            var result = call.proceed();
            cuts.at("after " + call.getMethod().getName());
            return result;
        });
        return proxy.getProxy(bean.getClass().getClassLoader());
    }
}
