import type { DiskRule } from '../../disk/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';

/** The order's rule without the fields it leaves open. */
export function diskRuleOf(rule: DeployOrder['disk']): DiskRule {
  return {
    ...(rule?.device === undefined ? {} : { device: rule.device }),
    ...(rule?.serial === undefined ? {} : { serial: rule.serial }),
    ...(rule?.minBytes === undefined ? {} : { minBytes: rule.minBytes }),
  };
}
