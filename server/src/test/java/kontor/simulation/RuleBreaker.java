package kontor.simulation;

import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import kontor.ledger.Ledger;
import kontor.ledger.Posting;
import kontor.payments.Operation;
import kontor.payments.Payments;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes away a rule of the server where that means to replace a part of it. */
final class RuleBreaker implements BeanPostProcessor {
    private final BeanFactory beans;
    private Rule broken = Rule.NONE;

    RuleBreaker(BeanFactory beans) {
        this.beans = beans;
    }

    void breaking(Rule rule) {
        broken = rule;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return switch (name) {
            case "ledger" -> advised(bean, this::bookApart);
            case "paymentMoveStore", "settlementStore" -> advised(bean, this::settleAgain);
            default -> bean;
        };
    }

    private static Object advised(Object bean, MethodInterceptor advice) {
        var proxy = new ProxyFactory(bean);
        proxy.setProxyTargetClass(true);
        proxy.addAdvice(advice);
        return proxy.getProxy(bean.getClass().getClassLoader());
    }

    /** In a transaction of its own, which stays when the one it belongs to is taken back. */
    @SuppressWarnings("unchecked")
    private @Nullable Object bookApart(MethodInvocation call) throws Throwable {
        if (broken != Rule.BOOKED_TOGETHER || !call.getMethod().getName().equals("post")) return call.proceed();
        var postings = (List<Posting>) call.getArguments()[call.getArguments().length - 1];
        var ledger = (Ledger) Objects.requireNonNull(call.getThis(), "a bean is called");
        var apart = new TransactionTemplate(new DataSourceTransactionManager(beans.getBean(DataSource.class)));
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        apart.executeWithoutResult(_ -> ledger.post(postings));
        return null;
    }

    /** As if the update did not compare: what is settled is open again for whoever brings an answer. */
    private @Nullable Object settleAgain(MethodInvocation call) throws Throwable {
        if (broken == Rule.SETTLED_ONCE && call.getMethod().getName().equals("settle"))
            for (var operation : operationsOf(Objects.requireNonNull(call.getArguments()[0], "what is settled")))
                JdbcClient.create(beans.getBean(DataSource.class))
                        .sql("""
                                UPDATE payments.operations SET state = 'unknown'
                                WHERE order_id = :order AND id = :id AND NOT EXISTS (
                                    SELECT FROM payments.operations AS other
                                    WHERE other.order_id = :order AND other.payment_id = operations.payment_id
                                      AND other.state IN ('intent', 'unknown'))
                                """)
                        .param("order", operation.orderId())
                        .param("id", operation.id())
                        .update();
        return call.proceed();
    }

    private static List<Operation> operationsOf(Object settled) {
        return settled instanceof Operation operation
                ? List.of(operation)
                : ((List<?>) settled)
                        .stream()
                                .map(each -> ((Payments.Settlement) each).operation())
                                .toList();
    }
}
