import { aliyunCommands } from './aliyunCli';
import { byRegion, type CodeFile, type CodeWriter, type ExportedEndpoint } from './exported';
import { rosTemplate } from './ros';
import { terraform } from './terraform';

export interface CodeFormat {
  readonly id: 'terraform' | 'ros' | 'aliyun';
  readonly label: string;
  readonly detail: string;
  /** The editor's id of the language. */
  readonly languageId: string;
  readonly fileName: (regionId: string) => string;
  readonly write: CodeWriter;
}

export const codeFormats: readonly CodeFormat[] = [
  {
    id: 'terraform',
    label: 'Terraform',
    detail: 'alicloud provider: the endpoint with its zones, security groups and tags',
    languageId: 'terraform',
    fileName: (regionId) => `private-endpoint-${regionId}.tf`,
    write: terraform,
  },
  {
    id: 'ros',
    label: 'ROS template',
    detail: 'Resource Orchestration Service of Alibaba Cloud, YAML',
    languageId: 'yaml',
    fileName: (regionId) => `private-endpoint-${regionId}.ros.yaml`,
    write: rosTemplate,
  },
  {
    id: 'aliyun',
    label: 'aliyun commands',
    detail: 'A bash script of Alibaba Cloud CLI commands, with the registration in TiDB Cloud',
    languageId: 'shellscript',
    fileName: (regionId) => `private-endpoint-${regionId}.sh`,
    write: aliyunCommands,
  },
];

/** One file for each region. Pure: the same endpoints give the same text. */
export const exportAs = (format: CodeFormat, endpoints: readonly ExportedEndpoint[]): readonly CodeFile[] =>
  [...byRegion(endpoints)].map(([regionId, own]) => ({
    regionId,
    fileName: format.fileName(regionId),
    text: format.write(regionId, own),
  }));
