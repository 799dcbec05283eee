/**
 * The same as `helper.vbs`, for a Windows 11 without VBScript. Written for PowerShell 2.0, so that it also helps a 7
 * whose scripting host is switched off.
 */
export const HELPER_PS1 = String.raw`$ErrorActionPreference = 'Stop'
$home_ = Split-Path -Parent $MyInvocation.MyCommand.Path
Set-Location -LiteralPath $home_
[Environment]::CurrentDirectory = $home_
$ascii = [Text.Encoding]::ASCII

function Read-Line($path) { [IO.File]::ReadAllLines($path, $ascii)[0] }

function Stop-Tree($root) {
  $doomed = @{ [string]$root = $true }
  foreach ($round in 1..3) {
    do {
      $grew = $false
      foreach ($process in @(Get-WmiObject Win32_Process)) {
        $id = [string]$process.ProcessId
        if ($doomed.ContainsKey([string]$process.ParentProcessId) -and -not $doomed.ContainsKey($id)) {
          $doomed[$id] = $true
          $grew = $true
        }
      }
    } while ($grew)
    foreach ($id in @($doomed.Keys)) { Stop-Process -Id ([int]$id) -Force -ErrorAction SilentlyContinue }
  }
}

function Start-Step($step, $attempt, $limit) {
  $result = "state\$step.result.$attempt"
  $start = New-Object Diagnostics.ProcessStartInfo 'cmd.exe', "/d /c attempt.cmd $step $attempt"
  $start.UseShellExecute = $false
  $start.CreateNoWindow = $true
  $process = [Diagnostics.Process]::Start($start)
  $watch = [Diagnostics.Stopwatch]::StartNew()
  if (-not $process.WaitForExit([int][Math]::Min($limit * 1000, [int]::MaxValue))) {
    Stop-Tree $process.Id
    if (-not (Test-Path $result)) { [IO.File]::WriteAllText($result, "timeout", $ascii) }
  }
  [int][Math]::Floor($watch.Elapsed.TotalSeconds)
}

function Read-Tail($path) {
  if (-not (Test-Path $path)) { return '' }
  $file = New-Object IO.FileStream $path, 'Open', 'Read', 'ReadWrite'
  try {
    $marks = New-Object byte[] 2
    $got = $file.Read($marks, 0, 2)
    $unicode = $got -eq 2 -and $marks[0] -eq 255 -and $marks[1] -eq 254
    $wanted = if ($unicode) { 8192 } else { 4096 }
    $from = [Math]::Max(0, $file.Length - $wanted)
    if ($unicode -and $from -eq 0) { $from = 2 }
    $null = $file.Seek($from, 'Begin')
    $bytes = New-Object byte[] ($file.Length - $from)
    $got = $file.Read($bytes, 0, $bytes.Length)
    if ($unicode) { return [Text.Encoding]::Unicode.GetString($bytes, 0, $got) }
    $culture = [Globalization.CultureInfo]::CurrentCulture.TextInfo
    [Text.Encoding]::GetEncoding($culture.OEMCodePage).GetString($bytes, 0, $got)
  } finally { $file.Close() }
}

function ConvertTo-JsonText($text) {
  $builder = New-Object Text.StringBuilder
  foreach ($letter in $text.ToCharArray()) {
    $code = [int]$letter
    if ($code -lt 32 -or $code -gt 126 -or $code -eq 34 -or $code -eq 92) { $null = $builder.Append('\u' + $code.ToString('x4')) }
    else { $null = $builder.Append($letter) }
  }
  $builder.ToString()
}

function Add-Report($number, $step, $state, $exitCode, $seconds, $attempt) {
  $tail = ''
  if ($state -ne 'started') { try { $tail = ConvertTo-JsonText (Read-Tail "logs\$step.log") } catch { $tail = '' } }
  $body = '{"step":' + [int]$step + ',"name":' + (Read-Line "steps\$step\name.json") +
    ',"state":"' + $state + '","exitCode":' + $exitCode + ',"seconds":' + $seconds + ',"attempt":' + $attempt + ',"logTail":"' + $tail + '"}'
  [IO.File]::WriteAllText("queue\$number.new", $body, $ascii)
  Move-Item -Force "queue\$number.new" "queue\$number.json"
}

function Send-Report($url, $authorization, $path) {
  $request = [Net.WebRequest]::Create($url)
  $request.Proxy = $null
  $request.Method = 'POST'
  $request.ContentType = 'application/json'
  $request.Timeout = 15000
  $request.ReadWriteTimeout = 10000
  $request.Headers.Add('Authorization', $authorization)
  $bytes = [IO.File]::ReadAllBytes($path)
  try {
    $stream = $request.GetRequestStream()
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Close()
    $response = $request.GetResponse()
    $status = [int]$response.StatusCode
    $response.Close()
    return $status
  } catch [Net.WebException] {
    if ($_.Exception.Response) { return [int]$_.Exception.Response.StatusCode }
    return 0
  }
}

function Send-Reports {
  if (-not ((Test-Path 'settings\url.txt') -and (Test-Path 'settings\authorization.txt'))) { return }
  $url = (Read-Line 'settings\url.txt') + '/steps'
  $authorization = (Read-Line 'settings\authorization.txt').Substring('Authorization: '.Length)
  foreach ($file in @(Get-ChildItem 'queue' | Where-Object { $_.Name -like '*.json' } | Sort-Object Name)) {
    $status = Send-Report $url $authorization $file.FullName
    $kind = [Math]::Floor($status / 100)
    if ($kind -ne 2 -and ($kind -ne 4 -or $status -eq 408 -or $status -eq 429)) { "$($file.Name) not sent: $status"; return }
    Remove-Item -Force $file.FullName
  }
}

switch ($args[0]) {
  'probe' { exit 42 }
  'run' { Start-Step $args[1] $args[2] ([int]$args[3]) }
  'report' { Add-Report $args[1] $args[2] $args[3] $args[4] $args[5] $args[6]; Send-Reports }
  'send' { Send-Reports }
}
`;
